"""Runs the lines of Python that sockstep shows, one after another, and tells what came of each.

stdin: one act a line, as sockstep --json writes it. stdout: for each act with Python one object:
text    what the line gave, as Python prints it; None for nothing
repr    the same as Python's prompt shows it
errno   the name of the errno of the OSError that it raised; "timed-out"; "lookup" for a name that is not known
broken  any other exception: such a line does not run
"""
import ast
import contextlib
import enum
import errno
import io
import json
import os
import select
import struct
import sys
import time
from socket import *

world = {"os": os, "select": select, "struct": struct, "time": time}
exec("from socket import *", world)


def written(value):
    """A value as sockstep writes it."""
    if isinstance(value, socket):
        return "socket"
    if isinstance(value, enum.Enum):
        return f"{type(value).__name__}.{value.name}"
    return value if isinstance(value, str) else repr(value)


def polled(pairs):
    """What poll gave: sockstep has the sockets' names for the descriptors, and the names of the events."""
    names = {v.fileno(): k for k, v in world.items() if isinstance(v, socket)}
    events = ["POLLIN", "POLLOUT", "POLLPRI", "POLLHUP", "POLLERR", "POLLNVAL"]
    return [(names[fd], "|".join(e for e in events if mask & getattr(select, e))) for fd, mask in pairs]


def last_of(tree):
    """The last simple statement, in whatever block it stands."""
    node = tree.body[-1]
    while isinstance(node, (ast.Try, ast.While, ast.If)):
        node = node.body[-1]
    return node


def run(code):
    tree = ast.parse(code)
    last = last_of(tree)
    if isinstance(last, ast.AugAssign):
        target = last.target
    elif isinstance(last, ast.Assign):
        target = last.targets[0]
        if isinstance(target, ast.Tuple):
            target = target.elts[0]
    else:
        # An expression: its value is kept, as the prompt of Python does.
        target = ast.Name("result", ast.Store())
        for block in ast.walk(tree):
            body = getattr(block, "body", None)
            if isinstance(body, list) and last in body:
                body[body.index(last)] = ast.copy_location(ast.Assign([target], last.value), last)
        ast.fix_missing_locations(tree)
    exec(compile(tree, "<line>", "exec"), world)
    value = world[target.id]
    world.pop("result", None)
    if isinstance(value, tuple) and (".recvfrom(" in code or ".recvmsg(" in code):
        return value[0]  # sockstep shows the sender beside the data
    return polled(value) if ".poll(" in code else value


for line in sys.stdin:
    act = json.loads(line)
    if not act.get("python"):
        continue
    told = {}
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            value = run(act["python"])
        told["text"] = printed.getvalue().rstrip("\n") or (None if value is None else written(value))
        told["repr"] = repr(value)
    except (gaierror, herror):
        told["errno"] = "lookup"
    except timeout:
        told["errno"] = "timed-out"
    except OSError as e:
        told["errno"] = errno.errorcode.get(e.errno, "lookup")
    except Exception as e:
        told["broken"] = f"{type(e).__name__}: {e}"
    print(json.dumps(told), flush=True)
