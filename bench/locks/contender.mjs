// One contender: node contender.mjs <adapter> <what of it>
import { serve } from '../tools/serve.mjs';

const [adapter, name] = process.argv.slice(2);
serve(async () => (await import(`./${adapter}.mjs`)).figures(name));
