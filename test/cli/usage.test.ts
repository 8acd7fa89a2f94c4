import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { document, ROOT, runCli } from './run-cli.ts';

interface Failure {
  readonly error: { readonly code: string; readonly message: string; readonly remedy?: string };
}

describe('the command line', () => {
  it('shows help and version', async () => {
    const manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    const [help, version, ofCommand] = await Promise.all([
      runCli(['--help']),
      runCli(['--version']),
      runCli(['explain', '--help']),
    ]);
    expect([help.code, version.code, ofCommand.code]).toEqual([0, 0, 0]);
    for (const command of ['list', 'explain', 'inspect', 'verify', 'doctor']) {
      expect(help.stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    }
    expect(help.stdout).toContain('Exit codes');
    expect(version.stdout.trim()).toBe(manifest.version);
    expect(ofCommand.stdout).toContain('--models-dir');
  });

  it.each([
    { what: 'no command', args: [] },
    { what: 'an unknown command', args: ['lst'] },
    { what: 'an unknown option', args: ['list', '--nope'] },
    { what: 'a missing argument', args: ['explain'] },
    { what: 'too many arguments', args: ['list', 'everything'] },
    { what: 'a value that is no choice', args: ['explain', 'x', '--area', 'nowhere'] },
  ])('ends with 2 for $what', async ({ args }) => {
    const { code, stdout, stderr } = await runCli(args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).not.toBe('');
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('ends with 2 for a variable that cannot be used, with code and remedy', async () => {
    const { code, stderr } = await runCli(['list'], { ML_MAX_MODEL_BYTES: 'plenty' });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^ML_ENV_INVALID: ML_MAX_MODEL_BYTES must be .*"plenty"\nCorrect or unset/);
  });

  it('prints errors as one JSON document for programs', async () => {
    const [usage, work] = await Promise.all([runCli(['lst', '--json']), runCli(['inspect', 'nowhere.onnx', '--json'])]);
    expect([usage.code, work.code]).toEqual([2, 3]);
    expect([usage.stderr, work.stderr]).toEqual(['', '']);
    expect((document(usage) as Failure).error).toMatchObject({
      code: 'usage',
      message: expect.stringContaining('lst'),
    });
    expect((document(work) as Failure).error).toMatchObject({
      code: 'ML_ARTEFACT_MISSING',
      message: expect.stringContaining('nowhere.onnx'),
      remedy: expect.stringMatching(/./),
    });
  });

  it('shows the stack only with --debug', async () => {
    const { stderr } = await runCli(['inspect', 'nowhere.onnx', '--debug']);
    expect(stderr).toMatch(/^ML_ARTEFACT_MISSING: /);
    expect(stderr).toMatch(/^\s+at /m);
  });

  it('writes no escape sequences into a pipe', async () => {
    const results = await Promise.all([
      runCli(['list'], { FORCE_COLOR: '1' }),
      runCli(['verify']),
      runCli(['doctor']),
      runCli(['lst']),
    ]);
    for (const { stdout, stderr } of results) expect(stdout + stderr).not.toContain('\u001b');
  });
});
