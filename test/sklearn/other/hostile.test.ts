import { describe, expect, it } from 'vitest';
import { MLServiceError } from '../../../src/errors/ml-service-error.ts';
import { random } from '../../kernel/random-forest.ts';
import { bytesOf, estimatorIn, matrix, METHODS, names, referenceOf } from './reference.ts';

const ROUNDS = 40;

describe('changed files', () => {
  it.each(names())('%s with changed bytes gives values or a typed error', (name) => {
    const original = bytesOf(name);
    const rows = matrix(referenceOf(name).input);
    const next = random(name.length);
    const outcomes = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      const bytes = new Uint8Array(original);
      for (let i = 0; i <= next() * 4; i++) bytes[Math.floor(next() * bytes.length)] = Math.floor(next() * 256);
      let estimator: ReturnType<typeof estimatorIn>;
      try {
        estimator = estimatorIn(bytes);
      } catch (error) {
        // The root of a changed file may be no object at all.
        if (!(error instanceof Error && error.message === 'the file holds no object')) {
          expect(error).toBeInstanceOf(MLServiceError);
        }
        outcomes.add('refused');
        continue;
      }
      for (const method of METHODS.values()) {
        try {
          estimator[method]?.(rows);
          outcomes.add('values');
        } catch (error) {
          expect(error).toBeInstanceOf(MLServiceError);
          outcomes.add('refused');
        }
      }
    }
    expect(outcomes.size).toBeGreaterThan(0);
  });
});
