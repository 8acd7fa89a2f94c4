import { it, expect } from 'vitest';
import { readdirSync, readFileSync } from 'node:fs';
import { rowsDataset } from '/work/main/test/sklearn/feature_extraction/reference.ts';
import { call, difference, readModel } from '/work/main/test/sklearn/tree/reference.ts';
for (const d of ['/tmp/tsk-old020','/tmp/tsk-old172','/tmp/tsk-avx2']) for (const f of readdirSync(d).filter(f=>f.endsWith('.json'))) it(d+f, async()=>{
 const c=JSON.parse(readFileSync(d+'/'+f,'utf8')); const m=await readModel(d+'/'+f.replace('.json','.pkl'));
 for(const [k,w] of Object.entries(c.expected)) expect(difference(call(m,k,rowsDataset(c.input,c.class)),w,c.rtol??1e-12,k)).toBeUndefined();
});
