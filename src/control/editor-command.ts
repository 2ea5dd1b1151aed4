/** How editors are told to open a file at a line. */
import { basename } from 'node:path';

/** Editors that take `FILE:LINE`, with what stands before it. */
const colonEditors: readonly { readonly name: RegExp; readonly before: readonly string[] }[] = [
  { name: /^(?:code(?:-insiders|-oss)?|codium|vscodium|cursor|windsurf)$/, before: ['--goto'] },
  { name: /^(?:hx|helix|subl|sublime_text|zed|zeditor|lapce|micro)$/, before: [] },
];

/** The words behind the editor's own: `+42 main.c`, as vi, nano and emacs take them, or `main.c:42`. */
export function editorWords(editor: string, file: string, line: number): string[] {
  // $EDITOR may hold options and quotes, as a shell reads them.
  const program = basename(/^\s*(?:"([^"]+)"|'([^']+)'|(\S+))/.exec(editor)?.slice(1).find(Boolean) ?? '');
  const colon = colonEditors.find(({ name }) => name.test(program));
  // A name that begins with a sign would be taken for an option.
  const path = /^[-+]/.test(file) ? `./${file}` : file;
  return colon === undefined ? [`+${line}`, path] : [...colon.before, `${path}:${line}`];
}
