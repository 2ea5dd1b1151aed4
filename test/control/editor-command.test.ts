import { expect, it } from 'vitest';
import { editorWords } from '../../src/control/editor-command.ts';

it.each([
  ['vi', ['+42', 'main.c']],
  ['/usr/bin/nvim', ['+42', 'main.c']],
  ['nano', ['+42', 'main.c']],
  ['emacsclient -nw', ['+42', 'main.c']],
  ['my-editor', ['+42', 'main.c']],
  ['code --wait', ['--goto', 'main.c:42']],
  ['/opt/bin/codium', ['--goto', 'main.c:42']],
  ['hx', ['main.c:42']],
  [' subl -w', ['main.c:42']],
  ['"/opt/My Editors/helix"', ['main.c:42']],
])('%s is told the line in its own way', (editor, words) => {
  expect(editorWords(editor, 'main.c', 42)).toEqual(words);
});

it('gives no file that could be taken for an option', () => {
  expect(editorWords('vi', '-c.c', 1)).toEqual(['+1', './-c.c']);
  expect(editorWords('hx', '+x.c', 1)).toEqual(['./+x.c:1']);
});
