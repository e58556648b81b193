// One contender: node contender.mjs <adapter> [how]
import { serve } from '../tools/serve.mjs';
import { figuresOf } from './figures.mjs';

const [adapter, how] = process.argv.slice(2);
serve(async () => {
  const { open } = await import(`./${adapter}.mjs`);
  return figuresOf((workers) => open(workers, how));
});
