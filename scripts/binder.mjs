// @ts-check
// Prints, for a shell, the variables under which a JupyterLab that others start finds the kernel. `start` in the root
// folder reads them, on mybinder.org.
import { join } from 'node:path';
import { readIfThere, stateDir } from './paths.mjs';

const { variables } = JSON.parse(readIfThere(join(stateDir, 'environment.json')) ?? '{"variables":{}}');
for (const [name, value] of Object.entries(variables))
  console.log(`export ${name}='${value.replaceAll("'", `'\\''`)}'`);
