import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs a test with a gate, a file that is not there before the test opens it: what ends with it ends when it may. */
export async function withGate(test: (gate: string, open: () => void) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'interleaved-test-'));
  try {
    const gate = join(folder, 'open');
    await test(gate, () => writeFileSync(gate, ''));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A task that is over once the gate is open: one of some ms can be over before it was seen to run. */
export const untilOpen = async (gate: string): Promise<string> => {
  const { existsSync } = process.getBuiltinModule('node:fs');
  while (!existsSync(gate)) await new Promise((resolve) => setTimeout(resolve, 2));
  return 'done';
};
