/** Every event format of real kernels, and records of them with what trace-cmd 3.3.1 printed (see records/README.md). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ByteWriter } from '../../src/base/byte-writer.ts';
import { compileEventText, type EventTextContext } from '../../src/format/event-text.ts';
import { kernels, loadFormats } from './all-formats.ts';
import { plainContext } from './text-of-record.ts';

/** C helpers of the kernel that a print fmt calls and a record does not explain: the fields are printed. */
const unexplained: Readonly<Record<string, string>> = {
  'intel_iommu:prq_report': 'decode_prq_descriptor() is not known',
  'ras:extlog_mem_event': 'cper_severity_str() is not known',
  'ras:mc_event': 'mc_event_error_type() is not known',
  'kvmmmu:kvm_mmu_get_page': "there is '=' instead of ';'",
  'kvmmmu:kvm_mmu_prepare_zap_page': "there is '=' instead of ';'",
  'kvmmmu:kvm_mmu_sync_page': "there is '=' instead of ';'",
  'kvmmmu:kvm_mmu_unsync_page': "there is '=' instead of ';'",
};

const functionCount = 200;

/** The symbols that the reports were made with: func_0, func_1, ... every 4096 bytes, then two variables. */
const context: EventTextContext = {
  ...plainContext,
  style: 'trace-cmd',
  nameOfHalves: (high, low) => {
    if (high !== 0xffffffff || low < 0x81000000) return undefined;
    if (low >= 0x82000100) return undefined;
    if (low >= 0x82000000) return { name: 'vmemmap_base', offset: low - 0x82000000 };
    const index = Math.min(Math.floor((low - 0x81000000) / 0x1000), functionCount - 1);
    return { name: `func_${index}`, offset: low - 0x81000000 - index * 0x1000 };
  },
  addressOf: (name) => {
    if (name === 'vmemmap_base') return 0xffffffff82000000n;
    return name === 'jiffies' ? 0xffffffff82000100n : undefined;
  },
  printkFormat: (address) => {
    if (address === 0xffffffff81005000n) return 'hello %d %s';
    return address === 0xffffffff81006000n ? 'plain fmt' : undefined;
  },
};

describe.each(kernels)('all events of %s', (kernel) => {
  const formats = loadFormats(kernel);

  it('are many', () => expect(formats.length).toBeGreaterThan(1200));

  it.each(['kernel', 'trace-cmd'] as const)('compile in style %s, but for known ones', (style) => {
    const failures = formats
      .map((format) => [`${format.system}:${format.name}`, compileEventText(format, { ...context, style }).failure])
      .filter(([, failure]) => failure !== undefined);
    expect(failures).toEqual(failures.map(([event]) => [event, unexplained[event!]]));
  });
});

/**
 * Events that libtraceevent 1.8.4 prints as `[FAILED TO PARSE] field=value` (and ftui by their print fmt), on any of the
 * five kernels. Of x86's Xen events these are the ones with pte_val() and the like.
 */
const betterThanTraceCmd = `cxl:cxl_dram cxl:cxl_general_media cxl:cxl_generic_event cxl:cxl_memory_module
  cxl:cxl_memory_sparing dma:dma_map_sg kvm:kvm_inj_exception maple_tree:ma_op maple_tree:ma_read maple_tree:ma_write
  mce:mce_record syscalls:sys_enter_mq_timedsend syscalls:sys_enter_pwrite64 syscalls:sys_enter_write
  vmscan:mm_shrink_slab_end vmscan:mm_shrink_slab_start vmscan:mm_vmscan_direct_reclaim_begin
  vmscan:mm_vmscan_direct_reclaim_end vmscan:mm_vmscan_memcg_reclaim_begin vmscan:mm_vmscan_memcg_reclaim_end
  vmscan:mm_vmscan_memcg_softlimit_reclaim_begin vmscan:mm_vmscan_memcg_softlimit_reclaim_end
  vmscan:mm_vmscan_node_reclaim_end xen:xen_mmu_ptep_modify_prot_commit xen:xen_mmu_ptep_modify_prot_start
  xen:xen_mmu_set_p4d xen:xen_mmu_set_pmd xen:xen_mmu_set_pte xen:xen_mmu_set_pud`.split(/\s+/);

it.each(betterThanTraceCmd)('%s is printed by its print fmt in reports, too', (event) => {
  const found = [...loadFormats('7.2'), ...loadFormats('6.18')].filter(
    ({ system, name }) => `${system}:${name}` === event,
  );
  expect(found.length).toBeGreaterThan(0);
  for (const format of found) expect(compileEventText(format, context).failure).toBeUndefined();
});

describe('all events of 7.2', () => {
  const formats = loadFormats('7.2');
  it.each(['kernel', 'trace-cmd'] as const)('write something of any record without an error in style %s', (style) => {
    const record = Uint8Array.from({ length: 700 }, (_, index) => (index < 8 ? 0 : (index * 7919) & 255));
    const view = new DataView(record.buffer);
    const out = new ByteWriter();
    for (const format of formats) {
      const { write } = compileEventText(format, { ...context, style });
      for (const end of [record.length, 300, 40, 8, 0]) write(out, record, view, 0, end);
    }
    expect(out.length).toBeGreaterThan(100_000);
  });
});

interface ReportedRecord {
  readonly event: string;
  /** Hexadecimal, from the common header on. */
  readonly record: string;
  /** latin1, so that each character is a byte. */
  readonly text: string;
}

describe.each(['5.10', '6.18', '7.2'])('records of %s as trace-cmd prints them', (kernel) => {
  const packed = readFileSync(join(import.meta.dirname, 'records', `${kernel}.jsonl.zst`));
  const records = zstdDecompressSync(packed)
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ReportedRecord);

  it('are the same', () => {
    const formats = new Map(loadFormats(kernel).map((format) => [`${format.system}:${format.name}`, format]));
    const out = new ByteWriter();
    const printed = records.map(({ event, record }) => {
      const bytes = Uint8Array.from(Buffer.from(record, 'hex'));
      out.clear();
      const { write } = compileEventText(formats.get(event)!, { ...context, place: { cpu: 0 } });
      write(out, bytes, new DataView(bytes.buffer), 0, bytes.length);
      return { event, record, text: Buffer.from(out.written()).toString('latin1') };
    });
    expect(records.length).toBeGreaterThan(1200);
    expect(printed.filter(({ text }, index) => text !== records[index]!.text)).toEqual([]);
  });
});
