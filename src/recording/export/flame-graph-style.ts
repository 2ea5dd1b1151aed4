/** How a flame graph looks: colours that stay apart for colour-blind eyes, in light and dark surroundings. */
import type { FrameKind } from './stack-tree.ts';

const shadesPerKind = 4;

/** What the legend calls each kind, and its hue, saturation and the lightness of its first shade, in per cent. */
export const frameKinds: Readonly<Record<FrameKind, { readonly label: string; readonly colour: string }>> = {
  task: { label: 'task', colour: '214 16% 78%' },
  kernel: { label: 'kernel', colour: '39 94% 62%' },
  module: { label: 'kernel module', colour: '203 82% 70%' },
  user: { label: 'program', colour: '163 46% 62%' },
  rest: { label: 'not a function', colour: '60 3% 84%' },
};

/** The shade of a frame: the same name has the same colour everywhere. */
export function shadeOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at += 1) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return (hash >>> 13) % shadesPerKind;
}

const shadeRules = (Object.keys(frameKinds) as FrameKind[]).flatMap((kind) =>
  Array.from({ length: shadesPerKind }, (_, shade) => {
    const [hue, saturation, lightness] = frameKinds[kind].colour.split(' ') as [string, string, string];
    const step = kind === 'rest' ? 0 : shade * 4;
    return `.${kind}${shade}>rect{fill:hsl(${hue} ${saturation} ${Number.parseInt(lightness, 10) + step}%)}`;
  }),
);

export const flameGraphStyle = `
svg{--page:#fff;--ink:#1b1f24;--faint:#59636e;--line:#c8ced6;--mark:#7a0b6b;font-family:system-ui,sans-serif}
.page{fill:var(--page)}
.heading{font-size:18px;font-weight:600;fill:var(--ink)}
.facts,.legend,.foot,.hover{font-size:12px;fill:var(--faint)}
.hover{fill:var(--ink);font-family:ui-monospace,"DejaVu Sans Mono",monospace}
.f{cursor:pointer;outline:none}
.f>rect{width:max(100% - .7px,70%)}
.f>text{font:12px ui-monospace,"DejaVu Sans Mono",monospace;fill:#14171a;user-select:text;-webkit-user-select:text}
.f:hover>rect{filter:brightness(.92)}
.f:focus-visible>rect{stroke:var(--ink);stroke-width:3}
.up>rect{opacity:.5}
.searched .f:not(.hit)>rect{opacity:.28}
.up>text,.searched .f:not(.hit)>text{fill:var(--ink)}
.searched .f.hit>rect{stroke:var(--mark);stroke-width:2.5}
.searched .f.hit>text{font-weight:700}
${shadeRules.join('\n')}
.bar{display:flex;gap:8px;justify-content:flex-end;align-items:center;height:100%;padding-right:10px;pointer-events:none;
 font:13px system-ui,sans-serif;color:#1b1f24;color:var(--ink)}
.bar>*{pointer-events:auto}
.bar input,.bar button{font:inherit;color:inherit;background:var(--page);border:1px solid var(--line);border-radius:5px;
 height:26px;box-sizing:border-box;padding:0 9px}
.bar input{width:230px}
.bar input.bad{border-color:#b3261e;border-width:2px}
.bar button{cursor:pointer}
.bar button:disabled{opacity:.45;cursor:default}
.bar output{min-width:150px;text-align:right;font-variant-numeric:tabular-nums}
.bar input:focus-visible,.bar button:focus-visible{outline:2px solid #2a6fdb;outline-offset:1px}
@media (prefers-color-scheme:dark){svg{--page:#15181c;--ink:#e6e9ed;--faint:#9aa4af;--line:#49525c;--mark:#ff7de9}
.f>rect{filter:brightness(.9)}.f:hover>rect{filter:brightness(1.02)}}
@media print{.bar{display:none}}
`;
