/** The start screen: what works here, what would enable the rest, and the commands to begin with. */

import { Box, render, Text, useApp, useInput } from 'ink';
import type { ReactElement } from 'react';
import { type Feature, visibleText } from '../src/index.ts';

/** What the start screen shows; the shape of `ftui doctor --json`. */
export interface HomeFacts {
  readonly kernel: string;
  readonly problem: string | null;
  readonly features: readonly Feature[];
  readonly commands: Readonly<Record<string, boolean>>;
}

const quickStart = [
  ['ftui graph do_sys_open -- ls /', 'what opening files involves'],
  ['ftui uprobe /bin/bash readline%return', 'every line typed into any bash'],
  ['ftui event sched:sched_switch -d 2s', 'who runs when'],
  ['ftui doctor', 'all that this kernel can and cannot do'],
] as const;

/** Shows the screen until q, Esc or Ctrl-C. */
export async function showHome(facts: HomeFacts): Promise<void> {
  await render(<HomeScreen facts={facts} />).waitUntilExit();
}

function HomeScreen({ facts }: { readonly facts: HomeFacts }): ReactElement {
  const { exit } = useApp();
  useInput((input, key) => {
    if (input === 'q' || key.escape) exit();
  });
  return (
    <Box flexDirection="column" paddingX={1}>
      <Text bold>ftui</Text>
      <Text>{visibleText(facts.kernel)}</Text>
      {facts.problem === null ? <Commands facts={facts} /> : <Text>{visibleText(facts.problem)}</Text>}
      <Box flexDirection="column" marginTop={1}>
        {quickStart.map(([command, purpose]) => (
          <Text key={command}>
            {command.padEnd(40)} <Text dimColor>{purpose}</Text>
          </Text>
        ))}
      </Box>
      <Box marginTop={1}>
        <Text dimColor>q quit</Text>
      </Box>
    </Box>
  );
}

function Commands({ facts }: { readonly facts: HomeFacts }): ReactElement {
  const missing = facts.features.filter(({ answer }) => answer === 'no').length;
  return (
    <Text>
      {Object.entries(facts.commands)
        .map(([name, works]) => `${name} ${works ? 'works' : 'does not work'}`)
        .join(', ')}
      {`; ${missing} features are missing (ftui doctor)`}
    </Text>
  );
}
