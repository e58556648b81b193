import { makers } from './makers.ts';
import { shapeCases } from './shape-cases.ts';

for (const [name, make] of Object.entries(makers)) shapeCases(name, make);
