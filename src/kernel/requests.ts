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

/** Answers what is no cell: completion, inspection and the like. */
export function answer(handler: JupyterHandlerImpl, type: string, content: Content): Content {
  try {
    switch (type) {
      case 'complete_request':
        return { ...handler.handleComplete(content as never) };
      case 'inspect_request':
        return { ...handler.handleInspect(content as never) };
      case 'is_complete_request':
        return isComplete(handler, String(content.code));
      case 'history_request':
        return { status: 'ok', history: [] };
      case 'comm_info_request':
        return { status: 'ok', comms: {} };
      default:
        throw new Error(`This kernel does not know ${type}.`);
    }
  } catch (error) {
    return { status: 'error', ...report(error) };
  }
}

/** tslab calls every text complete that is not incomplete, also one that can never be right. */
function isComplete(handler: JupyterHandlerImpl, code: string): Content {
  const { status, indent } = handler.handleIsComplete({ code });
  if (status === 'incomplete') return { status, indent: indent ?? '' };
  const file = ts.createSourceFile('cell.ts', `export {};\n${code}`, ts.ScriptTarget.ES2022);
  const { parseDiagnostics } = file as unknown as { parseDiagnostics: unknown[] };
  return { status: parseDiagnostics.length > 0 ? 'invalid' : 'complete' };
}
