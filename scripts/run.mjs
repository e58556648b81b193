// @ts-check
// The door of every npm script: makes sure of Node and of the set-up, then runs what was asked for. It must parse on
// any Node that knows .mjs files, so that an old one is told its age instead of a syntax error.
const major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  console.error(
    `Node ${process.version} is too old: this needs Node 20 or newer (https://nodejs.org, or your package manager).`,
  );
  process.exit(1);
}
import('./commands.mjs').then((commands) => commands.main(process.argv.slice(2)));
