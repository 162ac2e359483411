"""What the build was told, as `sysconfig` asks for it. There is no C part, so hardly anything."""

build_time_vars = {
    "CC": "",
    "CFLAGS": "",
    "CONFIG_ARGS": "",
    "EXT_SUFFIX": ".lockstep.so",
    "HAVE_FORK": 1,
    "LDFLAGS": "",
    "MULTIARCH": "x86_64-linux-gnu",
    "PY_CFLAGS": "",
    "PY_CORE_CFLAGS": "",
    "Py_DEBUG": 0,
    "Py_ENABLE_SHARED": 0,
    "Py_GIL_DISABLED": 0,
    "SHELL": "/bin/sh",
    "SOABI": "lockstep",
    "WITH_DOC_STRINGS": 1,
    "WITH_PYMALLOC": 0,
}
