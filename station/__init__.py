"""What runs on the Pi: a press becomes a frame, a page, a text, and a record on its way."""
