import type { JupyterHandlerImpl } from 'tslab/dist/jupyter.js';
import { report } from './errors.ts';
import { ts } from './tslab.ts';
import type { Content } from './wire.ts';

/** tslab's description of itself, with the truth about the language and the `status` that every reply needs. */
export function kernelInfo(handler: JupyterHandlerImpl): Content {
  const info = handler.handleKernel();
  return {
    ...info,
    status: 'ok',
    banner: `TypeScript ${ts.version} on Node.js ${process.versions.node}`,
    language_info: { ...info.language_info, version: ts.version },
    supported_features: [],
  };
}

/**
 * Answers what is no cell: completion, inspection and the like.
 *
 * @param inputs the text of all counted cells, in order
 */
export function answer(
  handler: JupyterHandlerImpl,
  inputs: readonly string[],
  type: string,
  content: Content,
): Content {
  try {
    switch (type) {
      case 'complete_request':
        return complete(handler, content);
      case 'inspect_request':
        return { ...handler.handleInspect({ ...content, ...codeAndPlace(content) } as never) };
      case 'is_complete_request':
        return isComplete(handler, String(content.code));
      case 'history_request':
        return { status: 'ok', history: history(inputs, content) };
      case 'comm_info_request':
        return { status: 'ok', comms: {} };
      default:
        throw new Error(`This kernel does not know ${type}.`);
    }
  } catch (error) {
    return { status: 'error', ...report(error) };
  }
}

function complete(handler: JupyterHandlerImpl, content: Content): Content {
  const asked = codeAndPlace(content);
  const reply = handler.handleComplete(asked);
  const characters = (units: number): number => [...asked.code.slice(0, units)].length;
  return { ...reply, cursor_start: characters(reply.cursor_start), cursor_end: characters(reply.cursor_end) };
}

/** The protocol counts a place in characters, the compiler in UTF-16 units, of which an emoji has two. */
function codeAndPlace({ code, cursor_pos: characters }: Content): { code: string; cursor_pos: number } {
  const text = String(code ?? '');
  return { code: text, cursor_pos: [...text].slice(0, Math.max(0, Number(characters ?? text.length))).join('').length };
}

/** The compiler's number for a template that is still open, which tslab does not know. */
const unterminatedTemplate = 1160;

/** tslab calls every text complete that is not incomplete, also one that can never be right. */
function isComplete(handler: JupyterHandlerImpl, code: string): Content {
  const { status, indent } = handler.handleIsComplete({ code });
  if (status === 'incomplete') return { status, indent: indent ?? '' };
  const file = ts.createSourceFile('cell.ts', `export {};\n${code}`, ts.ScriptTarget.ES2022);
  const { parseDiagnostics } = file as unknown as { parseDiagnostics: { readonly code: number }[] };
  if (parseDiagnostics.length === 0) return { status: 'complete' };
  const isOpen = parseDiagnostics.some((flaw) => flaw.code === unterminatedTemplate);
  // A blank at the end hides from tslab that something is still to come.
  return isOpen || handler.handleIsComplete({ code: code.trimEnd() }).status === 'incomplete'
    ? { status: 'incomplete', indent: '' }
    : { status: 'invalid' };
}

/** Triples of session, number and text, as the protocol wants them; there is only this session, and only its inputs. */
function history(inputs: readonly string[], request: Content): unknown[] {
  const { hist_access_type: type, n, start, stop, pattern, unique, output } = request;
  let found = inputs.map((input, index) => ({ input, number: index + 1 }));
  if (type === 'range') found = found.slice(Math.max(0, Number(start ?? 1) - 1), Number(stop ?? found.length + 1) - 1);
  if (type === 'search') {
    const like = glob(String(pattern ?? '*'));
    found = found.filter(({ input }) => like.test(input));
    if (unique) found = found.filter(({ input }, at) => found.findLastIndex((other) => other.input === input) === at);
  }
  if (type !== 'range' && typeof n === 'number') found = found.slice(Math.max(0, found.length - n));
  return found.map(({ input, number }) => [1, number, output ? [input, null] : input]);
}

/** A pattern with `*` and `?` as an expression. */
function glob(pattern: string): RegExp {
  const literal = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '[^]*').replaceAll('?', '[^]')}$`);
}
