import assert from 'node:assert/strict';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import assembler from 'wabt';
import { root } from '../../src/course/environment.ts';
import { readLesson } from '../../src/course/notebook.ts';

/** The little of WebAssembly's interface that is used: Node's types leave it out. */
interface Machine {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: { memory: { buffer: ArrayBuffer }; crc32(length: number): number } };
}

describe('the WebAssembly of lesson 05', () => {
  const { cells } = readLesson(join(root, 'notebooks', '05-async-await.ipynb')).notebook;
  const source = (id: string): string => [cells.find((cell) => cell.id === id)!.source].flat().join('');
  const wat = /```wat\n([\s\S]*?)```/.exec(source('native-wat'))![1]!;
  const hex = /`([0-9a-f\s]+)`/.exec(source('native-bytes'))![1]!;
  const bytes = Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');

  it('has the bytes that an assembler makes of its text', async () => {
    const module = (await assembler()).parseWat('crc32.wat', wat);
    try {
      assert.deepEqual(bytes, Buffer.from(module.toBinary({}).buffer));
    } finally {
      module.destroy();
    }
    assert.match(source('native-wat'), new RegExp(`makes these ${bytes.length} bytes`));
  });

  it('gives the checksum that zlib gives', () => {
    const { Module, Instance } = (globalThis as unknown as { WebAssembly: Machine }).WebAssembly;
    const wasm = new Instance(new Module(bytes)).exports;
    const block = Buffer.from('123456789 and more'.repeat(99));
    new Uint8Array(wasm.memory.buffer).set(block);
    assert.equal(wasm.crc32(block.length) >>> 0, crc32(block));
  });
});
