// Drives the emulated HubSpot through the methods of HubSpot's own client, and prints what each came back with, a line of JSON for each step.
// node drive.mjs BASE_URL TOKEN CLIENT_ID CLIENT_SECRET
import { Client } from '@hubspot/api-client';

const [basePath, accessToken, clientId, clientSecret] = process.argv.slice(2);
const client = new Client({ accessToken, basePath, numberOfApiCallRetries: 3 });
const { contacts, companies, associations, properties, pipelines, owners, lists } = client.crm;

const control = async (path, body) => {
  const answer = await fetch(basePath + '/__sandbox' + path, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) {
    throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  }
};

const steps = {
  async page() {
    const first = await contacts.basicApi.getPage(2, undefined, ['email', 'lifecyclestage']);
    const second = await contacts.basicApi.getPage(2, first.paging.next.after, ['email']);
    const all = await contacts.getAll(100, undefined, undefined, undefined, ['companies']);
    return {
      rows: first.results.length, values: typeof first.results[0].properties.email, stage: first.results[0].properties.lifecyclestage,
      createdAt: first.results[0].createdAt instanceof Date, goesOn: second.results[0].id > first.results[1].id, all: all.length,
      company: all.some(contact => contact.associations?.companies?.results?.[0]?.type === 'contact_to_company'),
    };
  },
  async search() {
    await control('/clock', { advance: '1m' });
    const query = {
      filterGroups: [{ filters: [{ propertyName: 'lastmodifieddate', operator: 'GTE', value: '0' }, { propertyName: 'email', operator: 'HAS_PROPERTY' }] }],
      sorts: ['lastmodifieddate'], properties: ['email'], limit: 3, after: '0',
    };
    const first = await contacts.searchApi.doSearch(query);
    const second = await contacts.searchApi.doSearch({ ...query, after: first.paging.next.after });
    const beyond = await contacts.searchApi.doSearch({ ...query, limit: 200, after: '9900' }).catch(error => error.code);
    return { total: first.total, rows: first.results.length, after: first.paging.next.after, others: second.results[0].id !== first.results[0].id, beyond };
  },
  async batch_read() {
    const [one, two] = (await contacts.basicApi.getPage(2)).results;
    const read = await contacts.batchApi.read({
      inputs: [{ id: one.id }, { id: two.id }, { id: '999' }], properties: ['email'], propertiesWithHistory: ['lifecyclestage'],
    });
    return {
      rows: read.results.length, errors: read.numErrors, category: read.errors[0].category, ids: read.errors[0].context.ids,
      history: read.results[0].propertiesWithHistory.lifecyclestage.at(-1).sourceType,
    };
  },
  async batch_update() {
    const [one, two] = (await contacts.basicApi.getPage(2)).results;
    const input = (id, properties) => ({ id, properties });
    const good = await contacts.batchApi.update({ inputs: [input(one.id, { city: 'Lyon' }), input(two.id, { city: 'Nice' })] });
    const partial = await contacts.batchApi.update({ inputs: [input(one.id, { city: 'Metz' }), input('999', { city: 'Metz' })] });
    const twice = await contacts.batchApi.update({ inputs: [input(one.id, {}), input(one.id, {})] }).catch(error => error);
    const unknown = await contacts.batchApi.update({ inputs: [input(one.id, { nonsense: 'x' })] }).catch(error => error);
    return {
      status: good.status, startedAt: good.startedAt instanceof Date, city: good.results[0].properties.city,
      partial: { rows: partial.results.length, errors: partial.numErrors, category: partial.errors[0].category, ids: partial.errors[0].context.ids },
      twice: { status: twice.code, category: twice.body.category, ids: twice.body.context.ids },
      unknown: { status: unknown.code, code: unknown.body.errors[0].code },
    };
  },
  async batch_create() {
    const created = await contacts.batchApi.create({ inputs: [{ properties: { email: 'new@acme.example' }, objectWriteTraceId: 'a', associations: [] }] });
    const partial = await contacts.batchApi.create({
      inputs: [
        { properties: { email: 'newer@acme.example' }, objectWriteTraceId: 'b', associations: [] },
        { properties: { email: 'new@acme.example' }, objectWriteTraceId: 'c', associations: [] },
      ],
    });
    const conflict = await contacts.basicApi.create({ properties: { email: 'new@acme.example' }, associations: [] }).catch(error => error);
    return {
      stage: created.results[0].properties.lifecyclestage,
      partial: { rows: partial.results.length, trace: partial.errors[0].context.objectWriteTraceId, existing: partial.errors[0].context.existingId },
      id: created.results[0].id, conflict: { status: conflict.code, category: conflict.body.category },
    };
  },
  async single() {
    const created = await contacts.basicApi.create({ properties: { email: 'single@acme.example' }, associations: [] });
    await contacts.basicApi.update(created.id, { properties: { city: 'Brest' } });
    const byEmail = await contacts.basicApi.getById('single@acme.example', ['city'], undefined, undefined, false, 'email');
    await contacts.basicApi.archive(created.id);
    const gone = await contacts.basicApi.getById(created.id).catch(error => error.code);
    const archived = await contacts.basicApi.getPage(100, undefined, undefined, undefined, undefined, true);
    return { city: byEmail.properties.city, gone, archived: archived.results.some(contact => contact.id === created.id && contact.archived) };
  },
  async merge_and_purge() {
    const create = email => contacts.basicApi.create({ properties: { email }, associations: [] });
    const [one, two] = [await create('merge1@acme.example'), await create('merge2@acme.example')];
    const survivor = await contacts.basicApi.merge({ primaryObjectId: one.id, objectIdToMerge: two.id });
    const old = await contacts.basicApi.getById(two.id, ['hs_merged_object_ids']);
    await contacts.basicApi.purge({ objectId: survivor.id });
    const gone = await contacts.basicApi.getById(survivor.id).catch(error => error.code);
    const again = await create('merge1@acme.example').catch(error => error.code);
    return { another: survivor.id !== one.id && survivor.id !== two.id, resolves: old.id === survivor.id, merged: old.properties.hs_merged_object_ids, gone, again };
  },
  async associations() {
    const contact = (await contacts.basicApi.getPage(1)).results[0].id;
    const lonely = await contacts.basicApi.create({ properties: { email: 'lonely@acme.example' }, associations: [] });
    const company = await companies.basicApi.create({ properties: { name: 'Acme' }, associations: [] });
    const types = [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 279 }];
    const created = await associations.v4.batchApi.create('contacts', 'companies', { inputs: [{ _from: { id: contact }, to: { id: company.id }, types }] });
    const read = await associations.v4.batchApi.getPage('contacts', 'companies', { inputs: [{ id: contact }, { id: lonely.id }] });
    const one = await associations.v4.basicApi.getPage('contacts', contact, 'companies');
    await associations.v4.basicApi.create('contacts', lonely.id, 'companies', company.id, types);
    const now = await associations.v4.basicApi.getPage('contacts', lonely.id, 'companies');
    await associations.v4.batchApi.archive('contacts', 'companies', { inputs: [{ _from: { id: lonely.id }, to: [{ id: company.id }] }] });
    const after = await associations.v4.basicApi.getPage('contacts', lonely.id, 'companies');
    return {
      from: String(created.results[0].fromObjectId) === contact, labels: created.results[0].labels.length, rows: read.results.length, errors: read.numErrors,
      subCategory: read.errors[0].subCategory, knows: read.results[0].to.some(link => String(link.toObjectId) === company.id),
      typeId: one.results.find(link => String(link.toObjectId) === company.id).associationTypes.map(type => type.typeId),
      primary: now.results[0].associationTypes.map(type => type.typeId), left: after.results.length,
    };
  },
  async properties() {
    const group = await properties.groupsApi.create('contacts', { name: 'official', label: 'Official', displayOrder: -1 });
    const property = (name, more) => ({ name, label: name, type: 'string', fieldType: 'text', groupName: 'official', ...more });
    const options = [{ label: 'One', value: 'one', displayOrder: -1, hidden: false }];
    const created = await properties.batchApi.create('contacts', {
      inputs: [property('of_text'), property('of_choice', { type: 'enumeration', fieldType: 'select', options })],
    });
    const again = await properties.batchApi.create('contacts', { inputs: [property('of_text'), property('of_more')] });
    const two = [...options, { label: 'Two', value: 'two', displayOrder: 1, hidden: false }];
    const updated = await properties.coreApi.update('contacts', 'of_choice', { options: two });
    const read = await properties.batchApi.read('contacts', { inputs: [{ name: 'of_text' }], archived: false });
    const all = await properties.coreApi.getAll('contacts');
    await properties.coreApi.archive('contacts', 'of_more');
    const gone = await properties.coreApi.getByName('contacts', 'of_more').catch(error => error.code);
    return {
      group: group.name, created: created.results.length, again: { rows: again.results.length, category: again.errors[0].category, name: again.errors[0].context.name },
      options: updated.options.map(option => option.value), read: read.results[0].groupName, known: all.results.some(known => known.name === 'of_text'),
      groups: (await properties.groupsApi.getAll('contacts')).results.some(known => known.name === 'official'), gone,
    };
  },
  async owners() {
    const page = await owners.ownersApi.getPage(undefined, undefined, 2, false);
    const archived = await owners.ownersApi.getPage(undefined, undefined, 100, true);
    const byEmail = await owners.ownersApi.getPage(page.results[0].email);
    const one = await owners.ownersApi.getById(Number(page.results[0].id), 'id', false);
    return {
      rows: page.results.length, more: page.paging.next.after !== undefined, userId: typeof page.results[0].userId, another: page.results[0].id !== String(page.results[0].userId),
      archived: archived.results.length, byEmail: byEmail.results.length, one: one.email === page.results[0].email,
    };
  },
  async pipelines() {
    const deals = await pipelines.pipelinesApi.getAll('deals');
    const people = await pipelines.pipelinesApi.getAll('contacts');
    const one = await pipelines.pipelinesApi.getById('deals', deals.results[0].id);
    return {
      won: deals.results[0].stages.find(stage => stage.id === 'closedwon').metadata.probability, stages: people.results[0].stages.map(stage => stage.id),
      one: one.stages.length,
    };
  },
  async lists() {
    const filterBranch = {
      filterBranchType: 'OR', filterBranchOperator: 'OR', filters: [],
      filterBranches: [{
        filterBranchType: 'AND', filterBranchOperator: 'AND', filterBranches: [],
        filters: [{ filterType: 'PROPERTY', property: 'city', operation: { operationType: 'ALL_PROPERTY', operator: 'IS_KNOWN', includeObjectsWithNoValueSet: false } }],
      }],
    };
    const active = await lists.listsApi.create({ name: 'Known city', objectTypeId: '0-1', processingType: 'DYNAMIC', filterBranch });
    const members = await lists.membershipsApi.getPage(active.list.listId);
    const manual = await lists.listsApi.create({ name: 'By hand', objectTypeId: '0-1', processingType: 'MANUAL' });
    const added = await lists.membershipsApi.add(manual.list.listId, [members.results[0].recordId]);
    const named = await lists.listsApi.getByName('By hand', '0-1');
    const found = await lists.listsApi.doSearch({ query: 'known' });
    return {
      type: active.list.processingType, members: members.results.length, added: added.recordsIdsAdded.length, named: named.list.listId === manual.list.listId,
      found: found.lists.map(list => list.name),
    };
  },
  async signals() {
    const page = await client.events.eventsApi.getPage(undefined, 'e_visited_page', undefined, undefined, 5);
    const next = await client.events.eventsApi.getPage(undefined, 'e_visited_page', decodeURIComponent(page.paging.next.after), undefined, 5);
    const forms = await client.marketing.forms.formsApi.getPage(undefined, 50);
    return {
      rows: page.results.length, occurredAt: page.results[0].occurredAt instanceof Date, url: typeof page.results[0].properties.hs_url,
      others: next.results[0].id !== page.results[0].id, forms: forms.results.length,
    };
  },
  async oauth() {
    const redirect = 'http://127.0.0.1:9/callback';
    const address = new URL(client.oauth.getAuthorizationUrl(clientId, redirect, 'oauth crm.objects.contacts.read', 'forms', 'state'));
    const page = await fetch(`${basePath}${address.pathname}${address.search}`, { redirect: 'manual' });
    const back = new URL(page.headers.get('location'));
    const api = new Client({ basePath });
    const issued = await api.oauth.tokensApi.create('authorization_code', back.searchParams.get('code'), redirect, clientId, clientSecret);
    const refreshed = await api.oauth.tokensApi.create('refresh_token', undefined, undefined, clientId, clientSecret, issued.refreshToken);
    const known = await api.oauth.accessTokensApi.get(refreshed.accessToken);
    const own = new Client({ accessToken: refreshed.accessToken, basePath });
    const rows = (await own.crm.contacts.basicApi.getPage(1)).results.length;
    const refused = await own.crm.companies.basicApi.getPage(1).catch(error => error);
    const bad = await api.oauth.tokensApi.create('refresh_token', undefined, undefined, clientId, clientSecret, 'nonsense').catch(error => error);
    return {
      state: back.searchParams.get('state'), type: issued.tokenType, expiresIn: issued.expiresIn, scopes: known.scopes, hubId: known.hubId, rows,
      refused: { status: refused.code, scopes: refused.body.context.requiredGranularScopes }, bad: { status: bad.code, is: bad.body.status },
    };
  },
  async retries() {
    // The client itself tries again after a second, as HubSpot tells its users to.
    await control('/faults', { faults: '429@1,503@3' });
    const searched = await contacts.searchApi.doSearch({ filterGroups: [], sorts: [], properties: [], limit: 1, after: '0' });
    const page = await contacts.basicApi.getPage(1);
    return { searched: searched.results.length, page: page.results.length };
  },
  async dated() {
    const answers = [];
    for (const version of ['2026-03', '2026-09']) {
      const answer = await client.apiRequest({ method: 'GET', path: `/crm/objects/${version}/contacts?limit=1` });
      answers.push((await answer.json()).results.length);
    }
    const usage = await (await client.apiRequest({ method: 'GET', path: '/account-info/2026-03/api-usage/daily/private-apps' })).json();
    return { answers, usage: typeof usage.results[0].currentUsage };
  },
};

for (const [step, run] of Object.entries(steps)) {
  let line;
  try {
    line = { step, result: await run() };
  } catch (error) {
    line = { step, failed: `${error.message ?? error} ${error.stack ?? ''}`.slice(0, 2000) };
  }
  console.log(JSON.stringify(line));
}
