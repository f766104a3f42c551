"""The county's machines: the station's reader over millions of masters that exist already.

worklist   an exported store, a folder or a list -> masters
visiting   a master -> its reading, once
results    the folder of readings, by content address
ledger     what stands in it, as sha256sum can check it
cluster    Dask: the only module that knows of more than one process
"""
