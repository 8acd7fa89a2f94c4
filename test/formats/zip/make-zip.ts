// A zip writer that can lie: every field of every record may be set to something wrong.
import { deflateRawSync } from 'node:zlib';
import { crc32 } from '../../../src/formats/compression/checksums.ts';
import type { Limits } from '../../../src/spec/limits.ts';

export interface Member {
  readonly name: string;
  readonly content?: Uint8Array | string;
  readonly deflate?: boolean;
  /** Local values where they differ from those of the directory. */
  readonly local?: { name?: string; size?: number; compressed?: number; crc?: number; method?: number; flags?: number };
  readonly central?: { size?: number; compressed?: number; crc?: number; offset?: number };
  readonly flags?: number;
  readonly method?: number;
  readonly mode?: number;
  readonly extra?: Uint8Array;
  /** Appends a descriptor: of 12, 16, 20 or 24 bytes. */
  readonly descriptor?: 12 | 16 | 20 | 24;
  /** Bytes put behind the data. */
  readonly gap?: number;
}

export interface End {
  readonly comment?: Uint8Array;
  readonly count?: number;
  readonly prefix?: Uint8Array;
  readonly suffix?: Uint8Array;
  readonly zip64?: boolean;
}

export const LIMITS: Limits = {
  maxModelBytes: 2 ** 32,
  maxMetadataBytes: 2 ** 20,
  maxNesting: 64,
  maxElements: 5e6,
  maxFiles: 1e5,
};

const u16 = (...values: number[]): Buffer => {
  const out = Buffer.alloc(values.length * 2);
  for (const [i, value] of values.entries()) out.writeUInt16LE(value, i * 2);
  return out;
};
const u32 = (...values: number[]): Buffer => {
  const out = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) out.writeUInt32LE(value >>> 0, i * 4);
  return out;
};
const u64 = (...values: number[]): Buffer => {
  const out = Buffer.alloc(values.length * 8);
  for (const [i, value] of values.entries()) out.writeBigUInt64LE(BigInt(value), i * 8);
  return out;
};

export function makeZip(members: readonly Member[], end: End = {}): Uint8Array {
  const parts: Buffer[] = [Buffer.from(end.prefix ?? [])];
  const directory: Buffer[] = [];
  let at = end.prefix?.length ?? 0;
  const put = (...pieces: Uint8Array[]): void => {
    for (const piece of pieces) {
      parts.push(Buffer.from(piece));
      at += piece.length;
    }
  };
  for (const member of members) {
    const content = Buffer.from(member.content ?? '');
    const data = member.deflate === true ? deflateRawSync(content) : content;
    const method = member.method ?? (member.deflate === true ? 8 : 0);
    const flags = (member.flags ?? 0) | (member.descriptor === undefined ? 0 : 8);
    const crc = member.central?.crc ?? crc32(content);
    const size = member.central?.size ?? content.length;
    const compressed = member.central?.compressed ?? data.length;
    const name = Buffer.from(member.name);
    const localName = Buffer.from(member.local?.name ?? member.name);
    const extra = Buffer.from(member.extra ?? []);
    const offset = at;
    const open = member.descriptor !== undefined;
    put(
      u32(0x04034b50),
      u16(20, member.local?.flags ?? flags, member.local?.method ?? method, 0, 0),
      u32(
        member.local?.crc ?? (open ? 0 : crc),
        member.local?.compressed ?? (open ? 0 : compressed),
        member.local?.size ?? (open ? 0 : size),
      ),
      u16(localName.length, extra.length),
      localName,
      extra,
      data,
    );
    if (member.descriptor !== undefined) {
      if (member.descriptor % 8 === 0) put(u32(0x08074b50));
      put(u32(crc), member.descriptor >= 20 ? u64(compressed, size) : u32(compressed, size));
    }
    put(Buffer.alloc(member.gap ?? 0));
    directory.push(
      u32(0x02014b50),
      u16((3 << 8) | 20, 20, flags, method, 0, 0),
      u32(crc, compressed, size),
      u16(name.length, extra.length, 0, 0, 0),
      u32((member.mode ?? 0) * 0x10000, member.central?.offset ?? offset),
      name,
      extra,
    );
  }
  const start = at;
  put(...directory);
  const count = end.count ?? members.length;
  const size = at - start;
  if (end.zip64 === true) {
    const record = at;
    put(u32(0x06064b50), u64(44), u16(45, 45), u32(0, 0), u64(count, count, size, start));
    put(u32(0x07064b50, 0), u64(record), u32(1));
    put(u32(0x06054b50), u16(0, 0, 0xffff, 0xffff), u32(0xffffffff, 0xffffffff));
  } else {
    put(u32(0x06054b50), u16(0, 0, count, count), u32(size, start));
  }
  const comment = end.comment ?? new Uint8Array(0);
  put(u16(comment.length), comment, end.suffix ?? new Uint8Array(0));
  return Buffer.concat(parts);
}
