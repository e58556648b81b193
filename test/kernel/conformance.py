"""What of jupyter_kernel_test applies to a TypeScript kernel; conformance.test.ts runs it."""

import unittest

import jupyter_kernel_test


class TypeScriptKernelTests(jupyter_kernel_test.KernelTests):
    kernel_name = "tslab"
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('hello, world')"
    completion_samples = [
        {"text": "Math.sqr", "matches": {"sqrt", "SQRT2", "SQRT1_2"}},
        {"text": "Number.isSafe", "matches": {"isSafeInteger"}},
    ]
    complete_code_samples = [
        "const x = 1",
        "await fetch('x')",
        "await (async () => 1)()",
        "for await (const x of [1]) console.log(x)",
        "import os from 'os'",
        "",
    ]
    incomplete_code_samples = ["const x = ", "function f() {", "f(1,"]
    invalid_code_samples = ["const = 3", "let let 1 2", ")"]
    code_generate_error = "throw new Error('as asked')"
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "'text'", "result": "text"},
        {
            "code": "({ [Symbol.for('Jupyter.display')]: () => ({ 'text/plain': 'a', 'text/html': '<b>a</b>' }) })",
            "mime": "text/html",
            "result": "<b>a</b>",
        },
    ]
    code_display_data = [
        {"code": "import { display } from 'tslab'; display.html('<b>a</b>')", "mime": "text/html"},
    ]
    code_history_pattern = "6 *?7"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "parseInt"
    code_clear_output = "console.clear()"


if __name__ == "__main__":
    unittest.main()
