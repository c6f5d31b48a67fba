"""ZIP archives in which some members change and all others stay byte for byte: order, stamps, packing, comments.

``zipfile`` can only add to an archive or write all of it anew; here the directory is read with it and the bytes are moved.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence

from mitigraph.edit.edits import CannotEditError

__all__ = ["part_key", "repacked"]

LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
LOCAL_SIZE, CENTRAL_SIZE = 30, 46
FULL, MOST = 0xFFFFFFFF, 0xFFFF
HAS_DESCRIPTOR = 1 << 3
NEW_STAMP = (0, (1 << 5) | 1)
"""Time and date of new members: midnight on the first of January 1980, as there is no other that is always the same."""

UTF8_NAME = 1 << 11


def repacked(data: bytes, changed: Mapping[str, bytes], added: Mapping[str, bytes] | None = None) -> bytes:
    """An archive with the contents of some members changed, by the names of parts (``part_key``), and others added at its end.

    CannotEditError: the archive is put together in a way that leaves doubt.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries, start, comment = archive.infolist(), archive.start_dir, archive.comment
    order = sorted(entries, key=lambda entry: entry.header_offset)
    ends = [*(entry.header_offset for entry in order[1:]), start]
    directory = _directory(data, start, len(entries))
    if not order or order[0].header_offset != 0 or not _is_whole(data, [entry.header_offset for entry in order], start):
        raise CannotEditError("the workbook's ZIP archive is not put together as workbooks are")
    contents = {part_key(name): content for name, content in changed.items()}
    body, offsets, records = bytearray(), dict[int, int](), dict[int, bytes]()
    heads = {entry.header_offset: head for entry, head in zip(entries, directory, strict=True)}
    for entry, end in zip(order, ends, strict=True):
        at = entry.header_offset
        offsets[at] = len(body)
        content = contents.get(part_key(entry.filename))
        if content is not None:
            local, records[at] = _changed(data[at:end], heads[at], content)
            body += local
        else:
            records[at] = heads[at]
            body += data[at:end]
    heads_in_order = [_moved(records[entry.header_offset], offsets[entry.header_offset]) for entry in entries]
    for name, content in (added or {}).items():
        local, head = _new(name, content)
        heads_in_order.append(_moved(head, len(body)))
        body += local
    return bytes(body) + b"".join(heads_in_order) + _end(len(heads_in_order), len(body), sum(map(len, heads_in_order)), comment)


def _is_whole(data: bytes, offsets: Sequence[int], start: int) -> bool:
    """Whether members stand one behind another, each with a head of its own, and the directory behind them all."""
    ends = [*offsets[1:], start]
    return all(at + LOCAL_SIZE <= end and data[at : at + 4] == LOCAL for at, end in zip(offsets, ends, strict=True))


def part_key(name: str) -> str:
    """The name of a part as all ways of writing it have it.

    >>> part_key("/XL/Workbook.xml")
    'xl/workbook.xml'
    """
    return name.replace("\\", "/").lstrip("/").lower()


def _directory(data: bytes, start: int, count: int) -> list[bytes]:
    """The records of the central directory, as they stand."""
    found = []
    for _ in range(count):
        if data[start : start + 4] != CENTRAL:
            raise CannotEditError("the workbook's ZIP directory cannot be taken apart for sure")
        name, extra, comment = struct.unpack_from("<HHH", data, start + 28)
        sizes = struct.unpack_from("<LL", data, start + 20)
        if FULL in (*sizes, *struct.unpack_from("<L", data, start + 42)):
            raise CannotEditError("the workbook's ZIP archive is of the kind for files over 4 GB")
        end = start + CENTRAL_SIZE + name + extra + comment
        found.append(data[start:end])
        start = end
    return found


def _changed(local: bytes, head: bytes, content: bytes) -> tuple[bytes, bytes]:
    """A member and its record with other content: packed as it was, named and stamped as it was."""
    method = struct.unpack_from("<H", head, 10)[0]
    packed = _packed(content, method)
    sizes = struct.pack("<LLL", zlib.crc32(content), len(packed), len(content))
    flags = struct.unpack_from("<H", head, 8)[0] & ~HAS_DESCRIPTOR
    name, extra = struct.unpack_from("<HH", local, 26)
    kept = _without_zip64(local[LOCAL_SIZE + name : LOCAL_SIZE + name + extra])
    new = local[:6] + struct.pack("<H", flags) + local[8:14] + sizes + struct.pack("<HH", name, len(kept))
    new += local[LOCAL_SIZE : LOCAL_SIZE + name] + kept + packed
    return new, head[:8] + struct.pack("<H", flags) + head[10:16] + sizes + head[28:]


def _new(name: str, content: bytes) -> tuple[bytes, bytes]:
    packed, raw = _packed(content, zipfile.ZIP_DEFLATED), name.encode("utf-8")
    flags = 0 if name.isascii() else UTF8_NAME
    told = struct.pack("<HHHHH", 20, flags, zipfile.ZIP_DEFLATED, *NEW_STAMP)
    told += struct.pack("<LLL", zlib.crc32(content), len(packed), len(content))
    local = LOCAL + told + struct.pack("<HH", len(raw), 0) + raw + packed
    head = CENTRAL + struct.pack("<H", 20) + told + struct.pack("<HHHHHLL", len(raw), 0, 0, 0, 0, 0, 0) + raw
    return local, head


def _packed(content: bytes, method: int) -> bytes:
    if method == zipfile.ZIP_STORED:
        return content
    packer = zlib.compressobj(zlib.Z_DEFAULT_COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


def _without_zip64(extra: bytes) -> bytes:
    """Extra fields but for the sizes of large files, which would speak of the earlier content."""
    kept, at = b"", 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        kept += extra[at : at + 4 + size] if kind != 1 else b""
        at += 4 + size
    return kept + extra[at:]


def _moved(head: bytes, offset: int) -> bytes:
    return head[:42] + struct.pack("<L", offset) + head[46:]


def _end(count: int, start: int, size: int, comment: bytes) -> bytes:
    if count > MOST or max(start, size) >= FULL:
        raise CannotEditError("the workbook is too large")
    return END + struct.pack("<HHHHLLH", 0, 0, count, count, size, start, len(comment)) + comment
