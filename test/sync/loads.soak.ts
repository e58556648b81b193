import { killCases, loadCases } from './load-cases.ts';

const many = 6_000_000;

describe('soak: millions of operations of 4 threads', () => loadCases(many, many));

describe('soak: a random one of 4 threads is killed, 200 times', () => killCases(200));
