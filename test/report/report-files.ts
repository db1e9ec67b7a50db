import { crc32, deflateRawSync } from "node:zlib";

/** A small aggregate report as XML, with parts to replace. */
export function reportXml({ reportId = "net-1", domain = "example.com", records = record() } = {}): string {
  return `<feedback>
<report_metadata><org_name>example.net</org_name><report_id>${reportId}</report_id>
<date_range><begin>1794700800</begin><end>1794787199</end></date_range></report_metadata>
<policy_published><domain>${domain}</domain><p>reject</p></policy_published>
${records}
</feedback>`;
}

/** A record that fails by both. */
export function record({ count = "3", header = "example.com" } = {}): string {
  return `<record><row><source_ip>192.0.2.10</source_ip><count>${count}</count>
<policy_evaluated><disposition>reject</disposition><dkim>fail</dkim><spf>fail</spf></policy_evaluated></row>
<identifiers><header_from>${header}</header_from></identifiers></record>`;
}

/** A file to put into a zip; the directory may lie about it. */
export interface ZipEntry {
  name: string;
  bytes: Uint8Array;
  /** General purpose flags: 1 is "encrypted". */
  flags?: number;
  declaredSize?: number;
  declaredCrc?: number;
}

/** A zip as APPNOTE 6.3 has it: local headers and files, the central directory, the end record. */
export function zipOf(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const packed = deflateRawSync(entry.bytes);
    const name = Buffer.from(entry.name, "latin1");
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(entry.flags ?? 0, 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(entry.declaredCrc ?? crc32(entry.bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(entry.declaredSize ?? entry.bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), common, name, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00", "latin1"), common, tail, name]));
    locals.push(local);
    offset += local.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, ...directory, end]);
}
