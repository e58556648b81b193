import { setTimeout as sleep } from 'node:timers/promises';
import { type Kernel, KernelManager, ServerConnection } from '@jupyterlab/services';
import { CourseError } from './environment.ts';
import type { JupyterServer } from './server.ts';

/** JupyterLab's own client, as far as starting kernels goes, for one of our servers. Dispose it before the server. */
export function connect({ url, token }: Pick<JupyterServer, 'url' | 'token'>): KernelManager {
  const serverSettings = ServerConnection.makeSettings({
    baseUrl: url,
    wsUrl: url.replace('http', 'ws'),
    token,
    appendToken: true,
  });
  return new KernelManager({ serverSettings });
}

/**
 * The client tells on the console of every connection, and of every one that ends; here both are what we ask for, or
 * reported in our own words.
 */
function hushClient(): void {
  const chatter = /^(?:Starting WebSocket|Kernel: |Connection lost, reconnecting)/;
  for (const name of ['debug', 'warn'] as const) {
    const tell = console[name];
    console[name] = (...words: unknown[]) => {
      if (!chatter.test(String(words[0]))) tell(...words);
    };
  }
}
hushClient();

/** Shuts a kernel down and lets go of it, dead or alive. */
export async function shutDown(kernel: Kernel.IKernelConnection): Promise<void> {
  // After a kernel's death the client connects to its successor; to dispose it meanwhile makes it throw.
  for (let round = 0; kernel.connectionStatus === 'connecting' && round < 60; round += 1) await sleep(50);
  await kernel.shutdown().catch(() => {});
  kernel.dispose();
}

/** Rejects when the kernel, or the server with it, ends by itself. */
export function deathOf(kernel: Kernel.IKernelConnection, server: JupyterServer): Promise<never> {
  return new Promise((_, reject) => {
    kernel.statusChanged.connect((_sender, status) => {
      if (status === 'autorestarting' || status === 'dead') reject(new CourseError('the kernel died'));
    });
    server.ended.then(() => reject(new CourseError('the Jupyter server ended')));
  });
}
