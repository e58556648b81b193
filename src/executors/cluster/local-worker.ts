import { startHost } from './host.ts';
import type { ClusterSettings } from './settings.ts';

/** What a process that `LocalCluster` starts is told: by its channel, as an argument or a variable would be seen. */
export interface LocalWorkerSettings extends ClusterSettings {
  readonly name: string;
}

// The owner is gone, however it ended.
process.on('disconnect', () => process.exit());
// An interrupt from the terminal is the owner's business.
process.on('SIGINT', () => {});

process.once('message', async ({ name, ...settings }: LocalWorkerSettings) => {
  const host = await startHost({ ...settings, concurrency: 1, name });
  process.once('message', async () => {
    await host.close();
    process.exit();
  });
  process.send!('ready');
});
