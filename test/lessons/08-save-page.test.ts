import { judges } from './table.ts';

judges('08.2', {
  'another name, then rename, cleaned up': {
    right: async (disk, path, body) => {
      const part = `${path}.${process.pid}.part`;
      try {
        await disk.writeFile(part, body);
        await disk.rename(part, path);
      } catch (error) {
        await disk.rm(part).catch(() => {});
        throw error;
      }
    },
  },
  'kept in memory until it is whole': {
    right: async (disk, path, body) => {
      const chunks: string[] = [];
      for await (const chunk of body) chunks.push(chunk);
      await disk.writeFile(`${path}.part`, chunks.join(''));
      await disk.rename(`${path}.part`, path);
    },
  },
  'piece by piece, the old part removed first': {
    right: async (disk, path, body) => {
      await disk.writeFile(`${path}.part`, '');
      for await (const chunk of body) await disk.appendFile(`${path}.part`, chunk);
      await disk.rename(`${path}.part`, path);
    },
  },
  'in memory, then straight to its name': {
    wrong: async (disk, path, body) => {
      const chunks: string[] = [];
      for await (const chunk of body) chunks.push(chunk);
      await disk.writeFile(path, chunks.join(''));
    },
    fails: /killed at any moment[^:]*: killed at \d+ moments, 2 times wrong: 0 of \d+ characters/,
  },
  'the old page removed before the rename': {
    wrong: async (disk, path, body) => {
      await disk.writeFile(`${path}.part`, body);
      await disk.rm(path).catch((error) => {
        if (error.message === 'killed') throw error;
      });
      await disk.rename(`${path}.part`, path);
    },
    fails: /killed at any moment[\s\S]*1 times wrong: no page was there/,
  },
  'copied instead of renamed': {
    wrong: async (disk, path, body) => {
      await disk.writeFile(`${path}.part`, body);
      await disk.copyFile(`${path}.part`, path);
    },
    fails: /killed at any moment[\s\S]*2 times wrong/,
  },
  'what a killed run left is added to': {
    wrong: async (disk, path, body) => {
      for await (const chunk of body) await disk.appendFile(`${path}.part`, chunk);
      await disk.rename(`${path}.part`, path);
    },
    fails: /the next try saves it whole: \d+ of \d+ times/,
  },
  'errors swallowed': {
    wrong: async (disk, path, body) => {
      try {
        await disk.writeFile(`${path}.part`, body);
        await disk.rename(`${path}.part`, path);
      } catch {}
    },
    fails: /nobody heard of it[\s\S]*breaks off is an error[^:]*: it came back without an error; the old page/,
  },
  'a part of the page is taken for a page': {
    wrong: async (disk, path, body) => {
      const chunks: string[] = [];
      try {
        for await (const chunk of body) chunks.push(chunk);
      } catch {}
      await disk.writeFile(`${path}.part`, chunks.join(''));
      await disk.rename(`${path}.part`, path);
    },
    fails: /breaks off is an error/,
  },
  'not awaited': {
    wrong: (disk, path, body) => {
      disk.writeFile(`${path}.part`, body).then(
        () => disk.rename(`${path}.part`, path),
        () => {},
      );
    },
    fails: /byte for byte: no page was there/,
  },
  'nothing saved': { wrong: async () => {}, fails: /byte for byte: no page was there/ },
  'it hangs': { wrong: () => new Promise(() => {}), limit: 100, fails: /it finishes: Error: it was still busy/ },
});
