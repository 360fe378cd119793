#!/bin/sh
# One accented letter in Latin-1 leaves the whole form field in percent signs.
#
# Expected: the URL Standard's parser of form bodies, which fetch, browsers and
#   URLSearchParams have, decodes every escape and puts U+FFFD for bytes that are
#   no UTF-8; node's querystring does so as well.  Gateways that speak GSM or
#   Latin-1 post such bytes.
# Happens: express' body-parser (qs) and fastify's form body give the field as it
#   was on the wire when one byte does not decode: the blanks are back, but every
#   other escape of the field, the plus sign of a phone number or a good emoji
#   with it, stays as %2B.  Other fields are decoded.
# Matters: a text with one such letter keeps its line ends as %0A and its emoji as
#   %F0%9F..., so a keyword on a line of its own is not found, the text is billed
#   by a wrong length, and no error is raised.
# Seen: body-parser 2.4.0, fastify 5.12.8, @fastify/formbody 9.0.1, node 20.20.2,
#   2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
export TZ=UTC
npm install --ignore-scripts --no-audit --no-fund body-parser@2.4.0 \
	fastify@5.12.8 @fastify/formbody@9.0.1 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
URLSearchParams     {"From":"+12025550101","Text":"Ol�\nSTOP +12025550101"}
querystring         {"From":"+12025550101","Text":"Ol�\nSTOP +12025550101"}
body-parser extended {"From":"+12025550101","Text":"Ol%E9%0ASTOP %2B12025550101"}
body-parser simple   {"From":"+12025550101","Text":"Ol%E9%0ASTOP %2B12025550101"}
fastify             {"From":"+12025550101","Text":"Ol%E9%0ASTOP %2B12025550101"}
EOF
cat > ask.js <<'EOF'
const http = require('http');
const { urlencoded } = require('body-parser');
const body = 'From=%2B12025550101&Text=Ol%E9%0ASTOP+%2B12025550101';
const post = (port) => new Promise((done) => http.request({
	host: '127.0.0.1', port, method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length },
}, async (answer) => done(Buffer.concat(await answer.toArray()).toString())).end(body));
(async () => {
	console.log('URLSearchParams    ', JSON.stringify(Object.fromEntries(new URLSearchParams(body))));
	console.log('querystring        ', JSON.stringify(require('querystring').parse(body)));
	for (const extended of [true, false]) {
		const server = http.createServer((req, res) => urlencoded({ extended })(req, res, () => res.end(JSON.stringify(req.body))));
		await new Promise((done) => server.listen(0, '127.0.0.1', done));
		console.log('body-parser', extended ? 'extended' : 'simple  ', await post(server.address().port));
		server.close();
	}
	const fastify = require('fastify')();
	await fastify.register(require('@fastify/formbody'));
	fastify.post('/', async (req) => JSON.stringify(req.body));
	await fastify.listen({ port: 0, host: '127.0.0.1' });
	console.log('fastify             ' + await post(fastify.server.address().port));
	await fastify.close();
})();
EOF
node ask.js > now 2> err || tail -n 3 err | cut -c 1-200
cat now
diff seen now
