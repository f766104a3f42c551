begin;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
CREATE TABLE identity (
    id integer primary key check (id = 1), station text not null, epoch text not null) strict;
CREATE TABLE journal (
    seq integer primary key, type text not null, payload blob not null, chain text not null) strict;
CREATE TABLE blob (
    digest text not null, kind text not null check (kind in ('record', 'master', 'page')),
    size_bytes integer not null, primary key (digest, kind)) strict, without rowid;
CREATE TABLE batch (
    id integer primary key, seq integer not null unique references journal) strict;
CREATE TABLE batch_closed (
    batch integer primary key references batch,
    seq integer not null unique references journal) strict;
CREATE TABLE item (
    id integer primary key, seq integer not null unique references journal,
    batch integer references batch, code text not null unique, folded_code text not null,
    class text not null, number integer not null, year integer not null, fonds text not null,
    unique (class, number)) strict;
CREATE TABLE item_closed (
    item integer primary key references item,
    seq integer not null unique references journal) strict;
CREATE TABLE frame (
    seq integer primary key references journal,
    item integer not null references item, shot integer not null,
    digest text not null, size_bytes integer not null, media_type text not null,
    source text not null, supersedes integer,
    unique (item, shot), unique (item, supersedes),
    foreign key (item, supersedes) references frame (item, shot)) strict;
CREATE TABLE retake (
    seq integer primary key references journal,
    item integer not null references item, shot integer not null,
    foreign key (item, shot) references frame (item, shot)) strict;
CREATE TABLE blank (
    seq integer primary key references journal,
    item integer not null references item, after_shot integer not null) strict;
CREATE TABLE attempt (
    frame integer not null references frame, nth integer not null, at text not null,
    primary key (frame, nth)) strict, without rowid;
CREATE TABLE failure (
    frame integer primary key references frame, message text not null) strict;
CREATE TABLE set_aside (
    frame integer primary key references frame, attempts integer not null) strict;
CREATE TABLE record (
    item integer primary key references item, seq integer not null unique references journal,
    digest text not null unique, size_bytes integer not null, title text not null,
    folded_title text not null, pages integer not null) strict;
CREATE TABLE receipt_entries (
    id integer primary key, durable_seq integer not null, chain text not null,
    server_gen text not null) strict;
CREATE TABLE receipt_file (
    id integer primary key, digest text not null, server_gen text not null) strict;
CREATE TABLE rewind (
    id integer primary key, server_gen text not null, durable_seq integer not null,
    lacking text not null) strict;
CREATE TABLE to_read (
    frame integer primary key, item integer not null, attempts integer not null) strict;
CREATE TABLE held (frame integer primary key, item integer not null) strict;
CREATE TABLE to_seal (item integer primary key) strict;
CREATE TABLE outbox_entry (seq integer primary key) strict;
CREATE TABLE outbox_file (
    id integer primary key, digest text not null unique, kind text not null,
    size_bytes integer not null) strict;
CREATE TABLE township (
    id integer primary key check (id = 1), server_gen text not null) strict;
CREATE TABLE tally (name text primary key, value integer not null) strict, without rowid;
CREATE VIRTUAL TABLE page_index using fts5(
    terms, content = '', columnsize = 0, detail = none, tokenize = 'ascii');
CREATE TABLE "page" (
    id integer primary key, frame integer not null references frame, part integer not null,
    image text not null, width_px integer not null, height_px integer not null,
    quad text not null, skew_deg real not null, quality text not null,
    fingerprint blob not null, seconds text not null,
    steps text not null, restored text not null, restored_by text not null,
    unique (frame, part)) strict;
CREATE TABLE "text" (
    page integer primary key references "page", engine text not null, model text not null,
    lines text not null, folded text not null) strict;
CREATE TABLE target (
    seq integer primary key references journal, batch integer references batch,
    class text not null check (class in ('green', 'yellow', 'red')),
    dpi real not null, px_per_mm real not null, ruler text, sha256 text not null,
    measurement text not null) strict
;
delete from page_index_config;
delete from page_index_data;
delete from page_index_idx;
insert into "_sqlite_migrations" values (1, 'station', 'm001_facts_queues_and_index', '2026-11-22 09:50:51.148616+00:00');
insert into "_sqlite_migrations" values (2, 'station', 'm002_a_frame_may_show_several_pages', '2026-11-22 09:50:51.181648+00:00');
insert into "_sqlite_migrations" values (3, 'station', 'm003_targets', '2026-11-22 09:50:51.203668+00:00');
insert into "identity" values (1, 'golden', '0123456789abcdef');
insert into "journal" values (1, 'item.opened', X'7B227374223A22676F6C64656E222C2265706F6368223A2230313233343536373839616263646566222C22736571223A312C2274797065223A226974656D2E6F70656E6564222C22626F6479223A7B226261746368223A6E756C6C2C22636F6465223A225A3130392D5753C2B732303131C2B7592D30303031222C22666F6E6473223A7B2263617465676F7279223A225753222C22666F726D223A2244412F54203133222C226974656D5F646967697473223A342C226E616D65223A22E5B08FE5AD99E5BA84E69D91E6B091E5A794E59198E4BC9A222C226E756D626572223A225A313039222C2270726F626C656D223A22222C22726574656E74696F6E223A2259222C2279656172223A6E756C6C7D2C226974656D223A312C2279656172223A323031317D2C22626F6F745F6964223A22626F6F742D31222C226D6F6E6F5F6D73223A302C2277616C6C223A22323032362D31312D32325430303A30303A30305A222C22636C6F636B223A226E7470222C2270726576223A2263616434393136356461316366333663663061386666663464646365306632646336383666333762636564626639656135393536346462663435613266346635227D', '51922ed6c1c8eb88b57436008e64960cb812220b6f21abcb8d115bdf8906fad8');
insert into "journal" values (2, 'frame.kept', X'7B227374223A22676F6C64656E222C2265706F6368223A2230313233343536373839616263646566222C22736571223A322C2274797065223A226672616D652E6B657074222C22626F6479223A7B22636F6465223A225A3130392D5753C2B732303131C2B7592D30303031222C226974656D223A312C226D656469615F74797065223A22696D6167652F6A706567222C22736861323536223A2239663836353761363736393133383232336635333538656635323034366561396333663235303739303238373930386132616161313138633965653061666465222C2273686F74223A312C2273697A65223A32312C22736F75726365223A22E4BBBBE591BDE69D8EE68890E6B0B4E5908CE5BF972E6A7067222C2273757065727365646573223A6E756C6C7D2C22626F6F745F6964223A22626F6F742D31222C226D6F6E6F5F6D73223A302C2277616C6C223A22323032362D31312D32325430303A30303A30305A222C22636C6F636B223A226E7470222C2270726576223A2235313932326564366331633865623838623537343336303038653634393630636238313232323062366632316162636238643131356264663839303666616438227D', '599dc7b77471102a6cef1de1291a757195c99192726a92b6b8849c37814ac198');
insert into "journal" values (3, 'item.closed', X'7B227374223A22676F6C64656E222C2265706F6368223A2230313233343536373839616263646566222C22736571223A332C2274797065223A226974656D2E636C6F736564222C22626F6479223A7B22636F6465223A225A3130392D5753C2B732303131C2B7592D30303031222C226974656D223A317D2C22626F6F745F6964223A22626F6F742D31222C226D6F6E6F5F6D73223A302C2277616C6C223A22323032362D31312D32325430303A30303A30305A222C22636C6F636B223A226E7470222C2270726576223A2235393964633762373734373131303261366365663164653132393161373537313935633939313932373236613932623662383834396333373831346163313938227D', 'c375013830732a59f0651e44f60a2e69b1900c1a60132769d6547be40fbf69fc');
insert into "journal" values (4, 'item.sealed', X'7B227374223A22676F6C64656E222C2265706F6368223A2230313233343536373839616263646566222C22736571223A342C2274797065223A226974656D2E7365616C6564222C22626F6479223A7B22636F6465223A225A3130392D5753C2B732303131C2B7592D30303031222C226974656D223A312C227061676573223A312C22736861323536223A2262383763383265663663643739323765313262316435326139343332613832333339626464376538333761333164623230353362653231376330373364376535222C2273697A65223A3939382C227469746C65223A22E4BBBBE591BD227D2C22626F6F745F6964223A22626F6F742D31222C226D6F6E6F5F6D73223A302C2277616C6C223A22323032362D31312D32325430303A30303A30305A222C22636C6F636B223A226E7470222C2270726576223A2263333735303133383330373332613539663036353165343466363061326536396231393030633161363031333237363964363534376265343066626636396663227D', 'e1970b7d5236d706a923419d3fe6b4b328906bbb3bd7a7ec08bfc9b4ab7f23e7');
insert into "blob" values ('9f8657a6769138223f5358ef52046ea9c3f250790287908a2aaa118c9ee0afde', 'master', 21);
insert into "blob" values ('b87c82ef6cd7927e12b1d52a9432a82339bdd7e837a31db2053be217c073d7e5', 'record', 998);
insert into "item" values (1, 1, NULL, 'Z109-WS·2011·Y-0001', 'z109-ws·2011·y-0001', 'Z109-WS·2011·Y', 1, 2011, '{"form":"DA/T 13","number":"Z109","category":"WS","year":null,"retention":"Y","problem":"","item_digits":4,"name":"小孙庄村民委员会"}');
insert into "item_closed" values (1, 3);
insert into "frame" values (2, 1, 1, '9f8657a6769138223f5358ef52046ea9c3f250790287908a2aaa118c9ee0afde', 21, 'image/jpeg', '任命李成水同志.jpg', NULL);
insert into "record" values (1, 4, 'b87c82ef6cd7927e12b1d52a9432a82339bdd7e837a31db2053be217c073d7e5', 998, '任命', '任命', 1);
insert into "outbox_entry" values (1);
insert into "outbox_entry" values (2);
insert into "outbox_entry" values (3);
insert into "outbox_entry" values (4);
insert into "outbox_file" values (1, '9f8657a6769138223f5358ef52046ea9c3f250790287908a2aaa118c9ee0afde', 'master', 21);
insert into "outbox_file" values (2, 'b87c82ef6cd7927e12b1d52a9432a82339bdd7e837a31db2053be217c073d7e5', 'record', 998);
insert into "tally" values ('bytes_waiting', 1019);
insert into "tally" values ('files_waiting', 2);
insert into "tally" values ('frame_bytes', 21);
insert into "tally" values ('frames', 1);
insert into "tally" values ('frames_waiting', 1);
insert into "tally" values ('pages', 1);
insert into "tally" values ('superseded', 0);
insert into "page_index_data" values (1, X'010D');
insert into "page_index_data" values (10, X'000000000101010001010101');
insert into "page_index_data" values (137438953473, X'000000680730303034656662010706303035343764010304353430630107063030356664370105023764010706303036373465010403666437010304363231300107063030366333340104033734650107063030363231300104036333340107063030353430630104090907090509060709060906');
insert into "page_index_idx" values (1, X'', 2);
insert into "page_index_config" values ('version', 4);
insert into "page" values (1, 2, 0, '', 9, 9, '[[0.0,0.0],[9.0,0.0],[9.0,9.0],[0.0,9.0]]', 1.5, '{"verdict":"good","reasons":[],"sure":[],"numbers":{"sharpness":2.0}}', X'', '{}', '[]', '', '[]');
insert into "text" values (1, 'e', 'm', '[{"text":"任命李成水同志","score":0.9,"box":[[0.0,0.0],[9.0,0.0],[9.0,9.0],[0.0,9.0]],"certainty":[],"hand":false,"role":"body"}]', '任命李成水同志');
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX item_batch on item (batch);
CREATE INDEX frame_digest on frame (digest);
CREATE INDEX retake_item on retake (item);
CREATE INDEX blank_item on blank (item);
CREATE INDEX receipt_file_digest on receipt_file (digest);
CREATE INDEX to_read_item on to_read (item, frame);
CREATE INDEX held_item on held (item);
CREATE INDEX outbox_file_order on outbox_file (kind desc, id);
CREATE TRIGGER identity_no_update before update on identity begin select raise(abort, 'identity holds facts: they are added, never changed'); end;
CREATE TRIGGER identity_no_delete before delete on identity begin select raise(abort, 'identity holds facts: they are added, never changed'); end;
CREATE TRIGGER journal_no_update before update on journal begin select raise(abort, 'journal holds facts: they are added, never changed'); end;
CREATE TRIGGER journal_no_delete before delete on journal begin select raise(abort, 'journal holds facts: they are added, never changed'); end;
CREATE TRIGGER blob_no_update before update on blob begin select raise(abort, 'blob holds facts: they are added, never changed'); end;
CREATE TRIGGER blob_no_delete before delete on blob begin select raise(abort, 'blob holds facts: they are added, never changed'); end;
CREATE TRIGGER batch_no_update before update on batch begin select raise(abort, 'batch holds facts: they are added, never changed'); end;
CREATE TRIGGER batch_no_delete before delete on batch begin select raise(abort, 'batch holds facts: they are added, never changed'); end;
CREATE TRIGGER batch_closed_no_update before update on batch_closed begin select raise(abort, 'batch_closed holds facts: they are added, never changed'); end;
CREATE TRIGGER batch_closed_no_delete before delete on batch_closed begin select raise(abort, 'batch_closed holds facts: they are added, never changed'); end;
CREATE TRIGGER item_no_update before update on item begin select raise(abort, 'item holds facts: they are added, never changed'); end;
CREATE TRIGGER item_no_delete before delete on item begin select raise(abort, 'item holds facts: they are added, never changed'); end;
CREATE TRIGGER item_closed_no_update before update on item_closed begin select raise(abort, 'item_closed holds facts: they are added, never changed'); end;
CREATE TRIGGER item_closed_no_delete before delete on item_closed begin select raise(abort, 'item_closed holds facts: they are added, never changed'); end;
CREATE TRIGGER frame_no_update before update on frame begin select raise(abort, 'frame holds facts: they are added, never changed'); end;
CREATE TRIGGER frame_no_delete before delete on frame begin select raise(abort, 'frame holds facts: they are added, never changed'); end;
CREATE TRIGGER retake_no_update before update on retake begin select raise(abort, 'retake holds facts: they are added, never changed'); end;
CREATE TRIGGER retake_no_delete before delete on retake begin select raise(abort, 'retake holds facts: they are added, never changed'); end;
CREATE TRIGGER blank_no_update before update on blank begin select raise(abort, 'blank holds facts: they are added, never changed'); end;
CREATE TRIGGER blank_no_delete before delete on blank begin select raise(abort, 'blank holds facts: they are added, never changed'); end;
CREATE TRIGGER attempt_no_update before update on attempt begin select raise(abort, 'attempt holds facts: they are added, never changed'); end;
CREATE TRIGGER attempt_no_delete before delete on attempt begin select raise(abort, 'attempt holds facts: they are added, never changed'); end;
CREATE TRIGGER failure_no_update before update on failure begin select raise(abort, 'failure holds facts: they are added, never changed'); end;
CREATE TRIGGER failure_no_delete before delete on failure begin select raise(abort, 'failure holds facts: they are added, never changed'); end;
CREATE TRIGGER set_aside_no_update before update on set_aside begin select raise(abort, 'set_aside holds facts: they are added, never changed'); end;
CREATE TRIGGER set_aside_no_delete before delete on set_aside begin select raise(abort, 'set_aside holds facts: they are added, never changed'); end;
CREATE TRIGGER record_no_update before update on record begin select raise(abort, 'record holds facts: they are added, never changed'); end;
CREATE TRIGGER record_no_delete before delete on record begin select raise(abort, 'record holds facts: they are added, never changed'); end;
CREATE TRIGGER receipt_entries_no_update before update on receipt_entries begin select raise(abort, 'receipt_entries holds facts: they are added, never changed'); end;
CREATE TRIGGER receipt_entries_no_delete before delete on receipt_entries begin select raise(abort, 'receipt_entries holds facts: they are added, never changed'); end;
CREATE TRIGGER receipt_file_no_update before update on receipt_file begin select raise(abort, 'receipt_file holds facts: they are added, never changed'); end;
CREATE TRIGGER receipt_file_no_delete before delete on receipt_file begin select raise(abort, 'receipt_file holds facts: they are added, never changed'); end;
CREATE TRIGGER rewind_no_update before update on rewind begin select raise(abort, 'rewind holds facts: they are added, never changed'); end;
CREATE TRIGGER rewind_no_delete before delete on rewind begin select raise(abort, 'rewind holds facts: they are added, never changed'); end;
CREATE TRIGGER frame_waits_to_be_read after insert on frame begin 
        insert into to_read values (new.seq, new.item, 0);
        delete from to_read where frame =
            (select seq from frame where item = new.item and shot = new.supersedes);
        delete from held where frame =
            (select seq from frame where item = new.item and shot = new.supersedes);
        update tally set value = value + 1 where name = 'frames';
        update tally set value = value + new.size_bytes where name = 'frame_bytes';
        update tally set value = value + (new.supersedes is not null) where name = 'superseded';
        update tally set value = value + exists
            (select 1 from outbox_file where digest = new.digest) where name = 'frames_waiting';
     end;
CREATE TRIGGER attempt_is_counted after insert on attempt begin 
        update to_read set attempts = new.nth where frame = new.frame;
     end;
CREATE TRIGGER failure_is_not_read_again after insert on failure begin 
        delete from to_read where frame = new.frame;
        delete from held where frame = new.frame;
     end;
CREATE TRIGGER frame_set_aside_is_not_read_again after insert on set_aside begin 
        insert into held select seq, item from frame where seq = new.frame;
        delete from to_read where frame = new.frame;
     end;
CREATE TRIGGER closed_item_waits_to_be_sealed after insert on item_closed begin 
        insert into to_seal select new.item
            where exists (select 1 from frame where item = new.item)
            and not exists (select 1 from to_read where item = new.item)
            and not exists (select 1 from held where item = new.item);
     end;
CREATE TRIGGER read_item_waits_to_be_sealed after delete on to_read begin 
        insert or ignore into to_seal select item from item_closed where item = old.item
            and not exists (select 1 from to_read where item = old.item)
            and not exists (select 1 from held where item = old.item)
            and not exists (select 1 from record where item = old.item);
     end;
CREATE TRIGGER item_is_held_no_more after delete on held begin 
        insert or ignore into to_seal select item from item_closed where item = old.item
            and not exists (select 1 from to_read where item = old.item)
            and not exists (select 1 from held where item = old.item)
            and not exists (select 1 from record where item = old.item);
     end;
CREATE TRIGGER record_is_sealed after insert on record begin 
        delete from to_seal where item = new.item;
     end;
CREATE TRIGGER entry_waits_to_be_sent after insert on journal begin 
        insert into outbox_entry values (new.seq);
     end;
CREATE TRIGGER entries_are_receipted after insert on receipt_entries begin 
        delete from outbox_entry where seq <= new.durable_seq;
        insert or ignore into township values (1, new.server_gen);
     end;
CREATE TRIGGER blob_waits_to_be_sent after insert on blob when new.kind <> 'page' begin 
        insert or ignore into outbox_file (digest, kind, size_bytes)
            values (new.digest, new.kind, new.size_bytes);
     end;
CREATE TRIGGER file_is_receipted after insert on receipt_file begin 
        delete from outbox_file where digest = new.digest;
     end;
CREATE TRIGGER township_forgot after insert on rewind begin 
        insert or ignore into outbox_entry select seq from journal where seq > new.durable_seq;
        insert or ignore into outbox_file (digest, kind, size_bytes)
            select digest, kind, size_bytes from json_each(new.lacking)
            join blob on blob.digest = json_each.value where kind <> 'page';
        insert or replace into township values (1, new.server_gen);
     end;
CREATE TRIGGER file_begins_to_wait after insert on outbox_file begin 
        update tally set value = value + 1 where name = 'files_waiting';
        update tally set value = value + new.size_bytes where name = 'bytes_waiting';
        update tally set value = value + (select count(*) from frame where digest = new.digest)
            where name = 'frames_waiting';
     end;
CREATE TRIGGER file_waits_no_more after delete on outbox_file begin 
        update tally set value = value - 1 where name = 'files_waiting';
        update tally set value = value - old.size_bytes where name = 'bytes_waiting';
        update tally set value = value - (select count(*) from frame where digest = old.digest)
            where name = 'frames_waiting';
     end;
CREATE TRIGGER page_no_update before update on page begin select raise(abort, 'page holds facts: they are added, never changed'); end;
CREATE TRIGGER page_no_delete before delete on page begin select raise(abort, 'page holds facts: they are added, never changed'); end;
CREATE TRIGGER text_no_update before update on text begin select raise(abort, 'text holds facts: they are added, never changed'); end;
CREATE TRIGGER text_no_delete before delete on text begin select raise(abort, 'text holds facts: they are added, never changed'); end;
CREATE TRIGGER page_is_read after insert on page begin 
        delete from to_read where frame = new.frame;
        delete from held where frame = new.frame;
        update tally set value = value + 1 where name = 'pages';
     end;
CREATE TRIGGER target_no_update before update on target begin select raise(abort, 'target holds facts: they are added, never changed'); end;
CREATE TRIGGER target_no_delete before delete on target begin select raise(abort, 'target holds facts: they are added, never changed'); end;
commit;
