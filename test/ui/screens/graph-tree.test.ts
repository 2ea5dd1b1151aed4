import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { GraphModel } from '../../../src/index.ts';
import { graphScreen } from '../../../ui/screens/graph/graph-screen.ts';
import { makeContext, ScreenDriver } from '../drive-screen.ts';
import { fakeModels } from '../fake-models.ts';

/** A call and what it calls: its name, how long it takes in us, and its callees. */
type Call = readonly [name: string, us: number, ...callees: Call[]];

const names = ['', 'root', 'large', 'small', 'smaller', 'tiny', 'inside', 'other'];

class TreeBuilder {
  readonly graph = new GraphModel();
  #time = 0;

  call([name, us, ...callees]: Call, depth = 0): this {
    const func = this.graph.functionOf(0, names.indexOf(name));
    const start = this.#time;
    this.graph.enter(0, 1, 0, start, func, depth);
    for (const callee of callees) this.call(callee, depth + 1);
    this.#time = Math.max(this.#time, start + us * 1000);
    this.graph.exit(0, 1, this.#time, func, depth, us * 1000, -1, 0);
    return this;
  }

  get screen() {
    const { graph } = this;
    const labelOf = (node: number) => {
      const key = graph.paths.nodes.key[node]!;
      return { text: key < 0 ? 'callers not seen' : names[Number(graph.functions.addressOf(key >> 1))]! };
    };
    return new ScreenDriver(graphScreen, makeContext({ models: fakeModels({ chips: [] }, { graph, labelOf }) }));
  }
}

const shownRows = (screen: TreeBuilder['screen']) => screen.state.tree.rows.map(({ key }) => key);
const underCursor = (screen: TreeBuilder['screen']) =>
  screen.context.models.labelOf(screen.state.tree.rows[screen.state.tree.cursor.at]!.node).text;

describe('the tree of calls', () => {
  it('unfolds small callees on the way to what a search finds', () => {
    const small: Call = ['small', 2, ['smaller', 1, ['inside', 0.5]]];
    const { screen } = new TreeBuilder().call(['root', 1000, ['large', 900], small, ['tiny', 1]]);
    const before = shownRows(screen).length;
    screen.send({ kind: 'search', query: 'inside' });
    expect(underCursor(screen)).toBe('inside');
    expect(shownRows(screen).length).toBeGreaterThan(before);
  });

  it('keeps calls whose callers were not seen last and folded, and off the hot path', () => {
    const { screen } = new TreeBuilder().call(['other', 5000, ['large', 4000]], 3).call(['root', 10]);
    const { rows } = screen.state.tree;
    expect(rows.map(({ node }) => screen.context.models.labelOf(node).text)).toEqual(['root', 'callers not seen']);
    expect(rows.map(({ isHot, isOpen }) => [isHot, isOpen])).toEqual([
      [true, false],
      [false, false],
    ]);
  });

  it('marks its sums while records are only counted', () => {
    const { screen } = new TreeBuilder().call(['root', 1000, ['large', 900]]);
    const headOf = ({ context, state }: typeof screen) =>
      stripVTControlCharacters(graphScreen.view(state, context).head!.at(-1)!);
    expect(headOf(screen)).toMatch(/ {2}TOTAL +SELF +CALLS/);
    screen.with({ models: { ...screen.context.models, isSampled: true } });
    expect(headOf(screen)).toMatch(/~TOTAL +~SELF +~CALLS +AVG/);
  });

  it('opens them where there is nothing else', () => {
    const { screen } = new TreeBuilder().call(['other', 5000, ['large', 4000]], 3);
    const texts = screen.state.tree.rows.map(({ node }) => screen.context.models.labelOf(node).text);
    expect(texts).toEqual(['callers not seen', 'other', 'large']);
  });

  it('shows rows that were drawn before as if they were drawn for the first time', () => {
    const builder = new TreeBuilder().call(['root', 1000, ['large', 900, ['small', 20]], ['other', 50]]);
    const { screen } = builder;
    screen.with({ width: 160 });
    const expectFresh = () => {
      const { rows } = screen.state.tree;
      const drawnAnew = { ...screen.state, tree: { ...screen.state.tree, rows: rows.map((row) => ({ ...row })) } };
      expect(screen.view.body).toEqual(graphScreen.view(drawnAnew, screen.context).body);
    };
    expectFresh();
    builder.call(['root', 3_000_000, ['large', 10]]);
    expectFresh();
    builder.graph.enter(0, 1, 0, 4e9, builder.graph.functionOf(0, 1), 0);
    expectFresh();
    builder.graph.exit(0, 1, 4.2e9, builder.graph.functionOf(0, 1), 0, 2e8, 0xffff_ffff, 0xffff_fffe);
    expectFresh();
    // The seconds that rates are of.
    builder.graph.enter(1, 2, 0, 6e9, builder.graph.functionOf(0, 7), 0);
    expectFresh();
    for (const change of [{ width: 140 }, { color: false }, { width: 100, height: 30 }] as const) {
      screen.with(change);
      expectFresh();
    }
    for (const action of ['down', 'percent', 'percent', 'pan-right', 'up', 'pause', 'fold']) {
      screen.action(action);
      expectFresh();
    }
    screen.send({ kind: 'search', query: 'large' });
    expectFresh();
    screen.command('column off MAX');
    expectFresh();
  });
});
