// jsforce against the emulated Salesforce: one line of JSON for each step, with its result or why it failed.
import { createSign, createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import jsforce from 'jsforce';

const [baseUrl, clientId, clientSecret, username] = process.argv.slice(2);
const version = '66.0';
const oauth2 = { loginUrl: baseUrl, clientId, clientSecret, redirectUri: 'http://localhost:1717/callback' };
const data = `/services/data/v${version}`;

async function step(name, act) {
  try {
    console.log(JSON.stringify({ step: name, result: (await act()) ?? null }));
  } catch (failure) {
    console.log(JSON.stringify({ step: name, failed: String(failure) }));
  }
}

const control = (path, body) => fetch(`${baseUrl}/__sandbox/${path}`, { method: 'POST', body: JSON.stringify(body) });
const connection = new jsforce.Connection({ oauth2, version });

await step('client credentials', async () => {
  await connection.authorize({ grant_type: 'client_credentials' });
  return (await connection.identity()).username;
});

await step('jwt', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await control('certificate', { pem: publicKey.export({ type: 'spki', format: 'pem' }) });
  const encode = value => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = `${encode({ alg: 'RS256' })}.${encode({ iss: clientId, sub: username, aud: 'https://login.salesforce.com', exp: Math.floor(Date.now() / 1000) + 180 })}`;
  const assertion = `${unsigned}.${createSign('RSA-SHA256').update(unsigned).sign(privateKey, 'base64url')}`;
  const other = new jsforce.Connection({ oauth2, version });
  await other.authorize({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion });
  return (await other.identity()).username;
});

await step('refresh on 401', async () => {
  const verifier = randomBytes(32).toString('base64url');
  const asked = new jsforce.OAuth2(oauth2).getAuthorizationUrl({ scope: 'api refresh_token', state: 's', code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256' });
  const form = new URLSearchParams(new URL(asked).search);
  form.set('decision', 'allow');
  const back = await fetch(`${baseUrl}/services/oauth2/authorize`, { method: 'POST', body: form, redirect: 'manual' });
  const code = new URL(back.headers.get('location')).searchParams.get('code');
  const other = new jsforce.Connection({ oauth2, version });
  await other.authorize(code, { code_verifier: verifier });
  const first = other.accessToken;
  await fetch(`${baseUrl}/__sandbox/sessions/end`, { method: 'POST' });
  const found = await other.query('SELECT COUNT() FROM Lead');
  await connection.authorize({ grant_type: 'client_credentials' });
  return { total: found.totalSize, refreshed: other.accessToken !== first };
});

await step('query with autoFetch', async () => {
  const counted = await connection.query('SELECT COUNT() FROM Lead');
  const rows = await connection.query('SELECT Id, Name, Owner.Name, SystemModstamp FROM Lead ORDER BY SystemModstamp, Id', { autoFetch: true, maxFetch: 100000 });
  return { counted: counted.totalSize, fetched: rows.records.length, distinct: new Set(rows.records.map(row => row.Id)).size, limit: connection.limitInfo.apiUsage.limit };
});

await step('describe', async () => {
  const lead = await connection.describe('Lead');
  const all = await connection.describeGlobal();
  return { fields: lead.fields.map(field => field.name).filter(name => ['Id', 'Email', 'OwnerId', 'SystemModstamp'].includes(name)), prefix: lead.keyPrefix, objects: all.sobjects.length };
});

await step('collections update', async () => {
  const found = await connection.query('SELECT Id FROM Lead WHERE IsConverted = false LIMIT 250');
  const results = await connection.sobject('Lead').update(found.records.map((row, at) => ({ Id: row.Id, Title: at === 7 ? 'x'.repeat(200) : 'Buyer' })), { allowRecursive: true, headers: { 'Sforce-Auto-Assign': 'FALSE' } });
  return { saved: results.filter(row => row.success).length, failed: results.filter(row => !row.success).map(row => row.errors[0].statusCode) };
});

await step('bulk2 load', async () => {
  const found = await connection.query('SELECT Id FROM Lead WHERE IsConverted = false LIMIT 300');
  const results = await connection.bulk2.loadAndWaitForResults({
    object: 'Lead', operation: 'update', pollInterval: 300, pollTimeout: 60000,
    input: found.records.map((row, at) => ({ Id: row.Id, Title: at === 3 ? 'y'.repeat(200) : 'Head, of "IT"\nand more' })),
  });
  const [kept] = (await connection.query(`SELECT Title FROM Lead WHERE Id = '${found.records[0].Id}'`)).records;
  return { saved: results.successfulResults.length, failed: results.failedResults.map(row => row.sf__Error.split(':')[0]), unprocessed: results.unprocessedRecords.length, title: kept.Title };
});

await step('bulk2 results page by page', async () => {
  let job = await connection.request({ method: 'POST', url: `${data}/jobs/query`, body: JSON.stringify({ operation: 'queryAll', query: 'SELECT Id, Name FROM Lead' }), headers: { 'content-type': 'application/json' } });
  while (job.state !== 'JobComplete') {
    await new Promise(resolve => setTimeout(resolve, 200));
    job = await connection.request(`${data}/jobs/query/${job.id}`);
  }
  const ids = new Set();
  let [locator, pages] = ['', 0];
  while (locator !== 'null') {
    const page = await fetch(`${baseUrl}${data}/jobs/query/${job.id}/results?maxRecords=1000${locator && `&locator=${locator}`}`, { headers: { authorization: `Bearer ${connection.accessToken}` } });
    (await page.text()).trim().split('\n').slice(1).forEach(line => ids.add(line.slice(1, 19)));
    locator = page.headers.get('sforce-locator');
    pages++;
  }
  return { rows: ids.size, processed: job.numberRecordsProcessed, pages };
});
