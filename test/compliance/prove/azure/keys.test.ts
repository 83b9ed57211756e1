import { prove } from '../../../../constructs/compliance/prove/index.js';
import { loadWorkload } from '../../../../constructs/workload/index.js';
import { deploymentOf, preview } from '../../../azure/program.js';

test('shipped', async () => {
  const workload = loadWorkload('workload.yaml');
  console.log(JSON.stringify(workload.measurements.azure, null, 1));
  const d = deploymentOf(await preview(workload), workload);
  console.log(JSON.stringify(prove(d), null, 1));
});
