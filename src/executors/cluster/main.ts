import { main } from './cli.ts';

// The command's own file: what it imports can be imported without being run.
void main(process.argv.slice(2)).then((code) => process.exit(code));
