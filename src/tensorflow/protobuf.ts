/** As much of protobuf's wire format as OpDef, ConfigProto, RunOptions and RunMetadata need. */

/** A field's number, and its value: bytes if it is a string or a message, else a number. */
export type Field = [number: number, value: Uint8Array | number];

/** The fields of a message in order. */
export function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++];
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const number = tag >>> 3;
    const wire = tag & 7;
    if (wire === 0) yield [number, varint()];
    else if (wire === 2) {
      const length = varint();
      yield [number, bytes.subarray(at, at + length)];
      at += length;
    } else if (wire === 5) {
      yield [number, data.getFloat32(at, true)];
      at += 4;
    } else if (wire === 1) {
      yield [number, data.getFloat64(at, true)];
      at += 8;
    } else throw new Error(`protobuf: expected a wire type of 0, 1, 2 or 5, got ${wire}`);
  }
}

/** A message of integers, booleans and nested messages, by field number. */
export function message(fields: Record<number, number | boolean | Uint8Array>): Uint8Array {
  const bytes: number[] = [];
  const varint = (value: number) => {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
    bytes.push(rest);
  };
  for (const [number, value] of Object.entries(fields)) {
    if (value instanceof Uint8Array) {
      varint((Number(number) << 3) | 2);
      varint(value.length);
      bytes.push(...value);
    } else {
      varint(Number(number) << 3);
      varint(Number(value));
    }
  }
  return Uint8Array.from(bytes);
}
