// Contract, table and tests have the same lines: none is without a test, and none is claimed that there is not.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, SHARED } from './spec-fixture.ts';

const TABLE = join(ROOT, 'docs', 'spec-conformance.md');
const CONTRACT = join(SHARED, 'spec', 'models-directory.md');
const TESTS = join(ROOT, 'test', 'spec');
/** Brackets and a label: nothing to keep. */
const NO_LINE = /^([{}],?|Examples:)$/;

const withoutTicks = (line: string): string => line.replaceAll('`', '');

/** `section > line` of every line of the contract, without what draws its trees and lists. */
function linesOfContract(): string[] {
  const lines: string[] = [];
  let section = '';
  for (const raw of readFileSync(CONTRACT, 'utf8').split('\n')) {
    const heading = /^##? (.+)$/.exec(raw);
    const line = raw
      .replace(/^[│├└─ ]+/u, '')
      .replace(/^- /, '')
      .replace(/ +/g, ' ')
      .replace(/,$/, '')
      .trim();
    // A heading within a code block would be a comment of Python, which is indented.
    if (heading?.[1] !== undefined) section = heading[1];
    else if (line !== '' && !/^(###|```)/.test(line) && !NO_LINE.test(line)) lines.push(`${section} > ${line}`);
  }
  return lines.map(withoutTicks);
}

interface TableRow {
  readonly line: string;
  readonly where: readonly string[];
  readonly test: readonly string[];
}

const linksOf = (cell: string): string[] => [...cell.matchAll(/\]\(([^)#]+)/g)].map(([, target]) => target ?? '');

function rowsOfTable(): TableRow[] {
  const rows: TableRow[] = [];
  let section = '';
  for (const raw of readFileSync(TABLE, 'utf8').split('\n')) {
    section = /^## (.+)$/.exec(raw)?.[1] ?? section;
    const [line, where, test, ...more] = raw.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, ''));
    if (!raw.startsWith('| ') || line === undefined || where === undefined || test === undefined) continue;
    expect(more, raw).toEqual([]);
    if (line !== 'line')
      rows.push({ line: withoutTicks(`${section} > ${line}`), where: linksOf(where), test: linksOf(test) });
  }
  return rows;
}

/** `file: section > title` of every test of the contract. */
function titlesOfTests(): string[] {
  const titles: string[] = [];
  for (const file of readdirSync(TESTS).filter((name) => name.endsWith('.test.ts') && name !== 'table.test.ts')) {
    let section = '';
    const text = readFileSync(join(TESTS, file), 'utf8');
    for (const [, kind, title] of text.matchAll(/^ *(describe|it)\(\s*'([^'\n]+)'/gm)) {
      if (kind === 'describe') section = title ?? '';
      else titles.push(withoutTicks(`../test/spec/${file}: ${section} > ${title}`));
    }
  }
  return titles;
}

describe('the table of conformance', () => {
  it('has every line of the contract once, and no other', ({ skip }) => {
    skip(!existsSync(CONTRACT), '../shared/spec is absent, so the table is not compared with the contract');
    const lines = linesOfContract();
    expect(lines.length).toBeGreaterThan(60);
    expect(rowsOfTable().map(({ line }) => line)).toEqual(lines);
  });

  it('names a test for every line, titled as the line, and every test has its line', () => {
    const claimed = rowsOfTable().map(({ line, test }) => `${test.join(' ')}: ${line}`);
    expect(claimed.length).toBeGreaterThan(60);
    expect(claimed.toSorted()).toEqual(titlesOfTests().toSorted());
  });

  it('links files that exist', () => {
    for (const { line, where } of rowsOfTable()) {
      expect(where, line).not.toEqual([]);
      for (const target of where) expect(existsSync(join(dirname(TABLE), target)), `${line}: ${target}`).toBe(true);
    }
  });
});
