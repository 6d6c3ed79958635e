"""What is made of the wire's own file is what stands beside it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path("adapters/eventbus")


@pytest.mark.parametrize("name", ["eventbus_pb2.py", "eventbus_pb2.pyi"])
def test_the_messages_are_made_of_the_file(name: str, tmp_path: Path) -> None:
    made = [f"--python_out={tmp_path}", f"--pyi_out={tmp_path}", str(FOLDER / "eventbus.proto")]
    subprocess.run([sys.executable, "-m", "grpc_tools.protoc", "-I.", *made], cwd=ROOT, check=True)
    # the version of protoc stands in a comment and in a check of the library's
    assert _without_version(tmp_path / FOLDER / name) == _without_version(ROOT / FOLDER / name)


def _without_version(path: Path) -> str:
    head, found, rest = path.read_text("utf-8").partition("_runtime_version.ValidateProtobufRuntimeVersion(")
    lines = [line for line in head.splitlines() if "Protobuf Python Version" not in line]
    return "\n".join(lines) + (rest.partition(")")[2] if found else "")
