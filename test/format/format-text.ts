/** The text of `format` files for tests. */

export const commonBlock = [
  '\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;',
  '\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;',
  '\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;',
  '\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;',
].join('\n');

export function formatText(name: string, id: number, fields: readonly string[], printFormat = '""'): string {
  const lines = fields.map((field) => `\t${field}\n`).join('');
  return `name: ${name}\nID: ${id}\nformat:\n${commonBlock}\n\n${lines}\nprint fmt: ${printFormat}\n`;
}
