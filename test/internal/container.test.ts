import { availableParallelism, totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { readContainer } from '../../src/internal/container.ts';

const GB = 2 ** 30;
const reader = (files: Readonly<Record<string, string>>) => (path: string) => files[path];

describe('the container that this process is in', () => {
  it('is read from control groups of version 2, the tightest of those around the process', () => {
    const container = readContainer(
      reader({
        '/proc/self/cgroup': '0::/pod/box\n',
        '/sys/fs/cgroup/pod/box/memory.max': 'max\n',
        '/sys/fs/cgroup/pod/memory.max': `${GB}\n`,
        '/sys/fs/cgroup/pod/memory.current': '600000000\n',
        '/sys/fs/cgroup/pod/memory.stat': 'anon 1\ninactive_file 100000000\n',
        '/sys/fs/cgroup/pod/cpu.max': '150000 100000\n',
      }),
    );
    expect(container.memoryLimit).toBe(GB);
    expect(container.memoryUsed()).toBe(500_000_000);
    expect(container.processors).toBe(1);
  });

  it('is read from control groups of version 1, whose path may be the one of the host', () => {
    const container = readContainer(
      reader({
        '/proc/self/cgroup': '5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n',
        '/sys/fs/cgroup/memory/memory.limit_in_bytes': `${GB / 2}\n`,
        '/sys/fs/cgroup/memory/memory.usage_in_bytes': '300000000\n',
        '/sys/fs/cgroup/memory/memory.stat': 'total_inactive_file 50000000\n',
        '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '50000\n',
        '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
      }),
    );
    expect(container.memoryLimit).toBe(GB / 2);
    expect(container.memoryUsed()).toBe(250_000_000);
    expect(container.processors).toBe(1);
  });

  it.each([
    ['there are no control groups', {}],
    [
      'they set no limits',
      { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': 'max 100000\n', '/sys/fs/cgroup/memory.max': 'max\n' },
    ],
    [
      'version 1 writes its largest number',
      {
        '/proc/self/cgroup': '4:memory:/\n',
        '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
        '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
      },
    ],
  ])('is the machine where %s', (_, files) => {
    const container = readContainer(reader(files as Record<string, string>));
    expect(container.memoryLimit).toBe(totalmem());
    expect(container.processors).toBe(availableParallelism());
    const used = container.memoryUsed();
    if (process.platform === 'linux') expect(used).toBeGreaterThan(0);
    else expect(used).toBeUndefined();
  });
});
