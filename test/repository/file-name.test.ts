import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFileName } from '../../src/repository/file-name.ts';

describe('file names', () => {
  it.each([
    ['model_v1.pkl', 'model', 'v1', undefined, 'pkl'],
    ['model_v2.joblib', 'model', 'v2', undefined, 'joblib'],
    ['pytorch_model.pth', 'pytorch_model', undefined, undefined, 'pth'],
    ['scaler.pkl', 'scaler', undefined, undefined, 'pkl'],
    ['epoch_10.pth', 'epoch_10', undefined, undefined, 'pth'],
    ['best_model.pth', 'best_model', undefined, undefined, 'pth'],
    ['fraud_detector_v1_20240101.pkl', 'fraud_detector', 'v1', '20240101', 'pkl'],
    ['sentiment_classifier_v2_20240115.joblib', 'sentiment_classifier', 'v2', '20240115', 'joblib'],
    ['recommendation_engine_v3_20240201.pth', 'recommendation_engine', 'v3', '20240201', 'pth'],
    ['x_v1.2.3-rc.1_20240101.tar.gz', 'x', 'v1.2.3-rc.1', '20240101', 'gz'],
    ['diabetes_regressor_v1.0.0_20240201.onnx', 'diabetes_regressor', 'v1.0.0', '20240201', 'onnx'],
    ['diabetes_regressor_v1.0.0', 'diabetes_regressor', 'v1.0.0', undefined, ''],
    ['resnet_50_v2.1.onnx', 'resnet_50', 'v2.1', undefined, 'onnx'],
    ['x_1.2.3.ONNX', 'x', '1.2.3', undefined, 'onnx'],
    ['x_20240229.pkl', 'x', undefined, '20240229', 'pkl'],
    ['x_20230229.pkl', 'x_20230229', undefined, undefined, 'pkl'],
    ['x_12345678.pkl', 'x_12345678', undefined, undefined, 'pkl'],
    ['scaler.pkl.gz', 'scaler', undefined, undefined, 'gz'],
    // Of an encrypted file the extension inside counts.
    ['fraud_v1_20240101.onnx.enc', 'fraud', 'v1', '20240101', 'onnx'],
    ['fraud_v1.2.PKL.ENC', 'fraud', 'v1.2', undefined, 'pkl'],
    ['fraud_v1.enc', 'fraud', 'v1', undefined, 'enc'],
    ['v1.pkl', 'v1', undefined, undefined, 'pkl'],
    ['model', 'model', undefined, undefined, ''],
  ])('%s', (file, ...expected) => {
    const [name, label, date, extension] = expected;
    expect(parseFileName(file)).toEqual({ name, label, date, extension });
  });

  it('reads back what it is made of', () => {
    const name = fc
      .stringMatching(/^[a-z][a-z0-9]{0,8}(_[a-z][a-z0-9]{0,8}){0,3}$/)
      .filter((text) => !/(^|_)v\d+$/.test(text));
    const label = fc.option(fc.stringMatching(/^v\d{1,3}(\.\d{1,3}){0,2}$/), { nil: undefined });
    const day = fc.date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true });
    const date = fc.option(
      day.map((one) => one.toISOString().slice(0, 10).replaceAll('-', '')),
      { nil: undefined },
    );
    fc.assert(
      fc.property(name, label, date, (name, label, date) => {
        const file = `${[name, label, date].filter((part) => part !== undefined).join('_')}.onnx`;
        expect(parseFileName(file)).toEqual({ name, label, date, extension: 'onnx' });
      }),
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseFileName(text)));
  });

  it('takes a pattern, also a global one, again and again', () => {
    const pattern = /^(?<date>\d{8})-(?<name>.+)@(?<version>[\d.]+)$/g;
    const expected = { name: 'fraud', label: '2.0', date: '20240101', extension: 'onnx' };
    expect(parseFileName('20240101-fraud@2.0.onnx', pattern)).toEqual(expected);
    expect(parseFileName('20240101-fraud@2.0.onnx', pattern)).toEqual(expected);
    expect(parseFileName('fraud_v1.onnx', pattern)).toBeUndefined();
  });
});
