import type { Awaitable } from '../spec/model-loader.ts';
import type { CallOptions, Feeds, Model, ModelInfo, ModelMethod, Prediction } from '../spec/model.ts';
import type { Row, Rows } from '../spec/rows.ts';
import type { StoredTensor, TensorInfo } from '../spec/stored-tensor.ts';
import type { Tensor } from '../spec/tensor.ts';
import { CallerView } from '../access/caller-view.ts';
import type { Principal } from '../spec/access.ts';
import { withinTime } from './within-time.ts';

/** What is done before a model is asked. */
export interface Interceptor {
  /**
   * Before each call, before anything is loaded: refuses by throwing or rejecting, and gives the input to go on with.
   */
  call(method: ModelMethod | 'tensor', input: unknown): Awaitable<unknown>;
  /** Before anything is told of the model (`info`, `value`, ...). Default: nothing. */
  look?(): void;
  /** Before the model is freed for everybody. Default: nothing. */
  dispose?(): Awaitable<unknown>;
  /** The same for a given caller. Default: whoever calls, it is the same. */
  as?(principal: Principal): Interceptor;
}

/** A model with something before its calls. Where nothing is, the model itself is given out, and nothing is paid for. */
export class InterceptedModel<R = Row, P = Prediction> extends CallerView implements Model<R, P> {
  readonly #model: Model<R, P>;
  readonly #before: Interceptor;

  constructor(model: Model<R, P>, before: Interceptor) {
    super();
    this.#model = model;
    this.#before = before;
  }

  /** In the name of a caller for good, wherever it is called. */
  override as(principal: Principal): this {
    const inner = this.#model instanceof InterceptedModel ? this.#model.as(principal) : this.#model;
    return new InterceptedModel<R, P>(inner, this.#before.as?.(principal) ?? this.#before) as this;
  }

  get info(): ModelInfo {
    return this.#look().info;
  }

  get methods(): readonly ModelMethod[] {
    return this.#look().methods;
  }

  get parts(): readonly string[] {
    return this.#look().parts;
  }

  get value(): unknown {
    return this.#look().value;
  }

  get tensors(): ReadonlyMap<string, TensorInfo> {
    return this.#look().tensors;
  }

  part(name: string): Model<R, P> {
    return new InterceptedModel<R, P>(this.#model.part(name), this.#before);
  }

  tensor(name: string, options: CallOptions = {}): Promise<StoredTensor> {
    return this.#call('tensor', name, options, (input, left) => this.#model.tensor(input, left));
  }

  predict(rows: Rows<R>, options: CallOptions = {}): Promise<P[]> {
    return this.#call('predict', rows, options, (input, left) => this.#model.predict(input, left));
  }

  predictOne(row: R, options: CallOptions = {}): Promise<P> {
    return this.#call('predict', [row] as readonly R[], options, ([one], left) =>
      this.#model.predictOne(one as R, left),
    );
  }

  predictProba<T extends Tensor | Tensor[] = Tensor>(rows: Rows<R>, options: CallOptions = {}): Promise<T> {
    return this.#call('predictProba', rows, options, (input, left) => this.#model.predictProba<T>(input, left));
  }

  predictLogProba<T extends Tensor | Tensor[] = Tensor>(rows: Rows<R>, options: CallOptions = {}): Promise<T> {
    return this.#call('predictLogProba', rows, options, (input, left) => this.#model.predictLogProba<T>(input, left));
  }

  decisionFunction(rows: Rows<R>, options: CallOptions = {}): Promise<Tensor> {
    return this.#call('decisionFunction', rows, options, (input, left) => this.#model.decisionFunction(input, left));
  }

  transform(rows: Rows<R>, options: CallOptions = {}): Promise<Tensor> {
    return this.#call('transform', rows, options, (input, left) => this.#model.transform(input, left));
  }

  inverseTransform(rows: Rows<R>, options: CallOptions = {}): Promise<Tensor> {
    return this.#call('inverseTransform', rows, options, (input, left) => this.#model.inverseTransform(input, left));
  }

  scoreSamples(rows: Rows<R>, options: CallOptions = {}): Promise<Tensor> {
    return this.#call('scoreSamples', rows, options, (input, left) => this.#model.scoreSamples(input, left));
  }

  apply(rows: Rows<R>, options: CallOptions = {}): Promise<Tensor> {
    return this.#call('apply', rows, options, (input, left) => this.#model.apply(input, left));
  }

  run(feeds: Feeds, options: CallOptions = {}): Promise<Record<string, Tensor>> {
    return this.#call('run', feeds, options, (input, left) => this.#model.run(input, left));
  }

  async dispose(): Promise<void> {
    await this.#before.dispose?.();
    await this.#model.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #look(): Model<R, P> {
    this.#before.look?.();
    return this.#model;
  }

  #call<I, T>(
    method: ModelMethod | 'tensor',
    input: I,
    options: CallOptions,
    go: (input: I, left: CallOptions) => Promise<T>,
  ): Promise<T> {
    try {
      const ready = this.#before.call(method, input);
      if (!isThenable(ready)) return go(ready as I, options);
      return withinTime(ready, options, 'something before the call took its time').then(({ value, left }) =>
        go(value as I, left),
      );
    } catch (error) {
      return Promise.reject(error);
    }
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
