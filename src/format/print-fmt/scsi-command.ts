/** scsi_trace_parse_cdb: the fields of a SCSI command (drivers/scsi/scsi_trace.c; numbers in it are big endian). */
import type { ByteWriter } from '../../base/byte-writer.ts';

/** Where a command has its block address, its length and the byte of protection bits. */
interface Transfer {
  readonly address: number;
  readonly addressBytes: 4 | 8;
  readonly length: number;
  readonly lengthBytes: 2 | 4;
  readonly protect: number;
}

const ten: Transfer = { address: 2, addressBytes: 4, length: 7, lengthBytes: 2, protect: 1 };
const twelve: Transfer = { address: 2, addressBytes: 4, length: 6, lengthBytes: 4, protect: 1 };
const sixteen: Transfer = { address: 2, addressBytes: 8, length: 10, lengthBytes: 4, protect: 1 };
const thirtyTwo: Transfer = { address: 12, addressBytes: 8, length: 28, lengthBytes: 4, protect: 10 };

/** READ, WRITE, VERIFY, WRITE SAME by operation code. */
const transfers: Readonly<Record<number, Transfer>> = {
  40: ten,
  42: ten,
  47: ten,
  65: ten,
  168: twelve,
  170: twelve,
  175: twelve,
  136: sixteen,
  138: sixteen,
  143: sixteen,
  147: sixteen,
};
const longCommands: Readonly<Record<number, string>> = { 9: 'READ', 10: 'VERIFY', 11: 'WRITE', 13: 'WRITE_SAME' };
const serviceActions: Readonly<Record<number, string>> = { 16: 'READ_CAPACITY_16', 18: 'GET_LBA_STATUS' };

/** `signExtends`: libtraceevent adds the 32 low bits as a signed number. */
export function writeScsiCommand(
  out: ByteWriter,
  bytes: Uint8Array,
  from: number,
  limit: number,
  signExtends: boolean,
): void {
  const command = new Uint8Array(32);
  command.set(bytes.subarray(from, Math.max(Math.min(limit, from + 32), from)));
  out.text(scsiText(new DataView(command.buffer), signExtends));
}

function scsiText(view: DataView, signExtends: boolean): string {
  const code = view.getUint8(0);
  const transfer = transfers[code];
  if (transfer !== undefined) {
    const unmap = code === 65 || code === 147 ? ` unmap=${(view.getUint8(1) >> 3) & 1}` : '';
    return `${transferText(view, transfer, signExtends)}${unmap}`;
  }
  switch (code) {
    case 8:
    case 10:
      return `lba=${view.getUint32(0) & 0x1fffff} txlen=${view.getUint8(4)}`;
    case 66:
      return `regions=${Math.trunc((view.getUint16(7) - 8) / 16) >>> 0}`;
    case 158: {
      const name = serviceActions[view.getUint8(1) & 31];
      if (name === undefined) return 'UNKNOWN';
      return `${name} lba=${wideNumber(view, 2, signExtends)} alloc_len=${view.getUint32(10)}`;
    }
    case 127: {
      const action = view.getUint16(8);
      const name = longCommands[action];
      if (name === undefined) return '-';
      const unmap = action === 13 ? ` unmap=${(view.getUint8(10) >> 3) & 1}` : '';
      return `${name}_32 ${transferText(view, thirtyTwo, signExtends)} ei_lbrt=${view.getUint32(20)}${unmap}`;
    }
    default:
      return '-';
  }
}

function transferText(view: DataView, transfer: Transfer, signExtends: boolean): string {
  const { address, addressBytes, length, lengthBytes, protect } = transfer;
  const lba = addressBytes === 8 ? wideNumber(view, address, signExtends) : wordNumber(view, address, signExtends);
  const count = lengthBytes === 2 ? BigInt(view.getUint16(length)) : wordNumber(view, length, signExtends);
  return `lba=${lba} txlen=${count} protect=${view.getUint8(protect) >> 5}`;
}

function wordNumber(view: DataView, at: number, signExtends: boolean): bigint {
  return signExtends ? BigInt.asUintN(64, BigInt(view.getInt32(at))) : BigInt(view.getUint32(at));
}

function wideNumber(view: DataView, at: number, signExtends: boolean): bigint {
  return (BigInt(view.getUint32(at)) << 32n) | wordNumber(view, at + 4, signExtends);
}
