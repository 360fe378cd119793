-- Loads the files of generate.pl as a user would: into a table, and from there
-- by ingest_from().
--
--   psql -v folder=FOLDER -f load.sql
--
\set ON_ERROR_STOP on
\cd :folder

-- a line is a payload, whatever is in it
CREATE TEMP TABLE ens (line text);
CREATE TEMP TABLE dmo (line text);
CREATE TEMP TABLE infobip (line text);
CREATE TEMP TABLE engagelab (line text);
CREATE TEMP TABLE intercom (line text);
CREATE TEMP TABLE aws (line text);
CREATE TEMP TABLE twilio (line text);
\copy ens FROM 'salesforce_ens.ndjson' (FORMAT csv, DELIMITER E'\x02', QUOTE E'\x01')
\copy dmo FROM 'salesforce_dmo.ndjson' (FORMAT csv, DELIMITER E'\x02', QUOTE E'\x01')
\copy infobip FROM 'infobip.ndjson' (FORMAT csv, DELIMITER E'\x02', QUOTE E'\x01')
\copy engagelab FROM 'engagelab.ndjson' (FORMAT csv, DELIMITER E'\x02', QUOTE E'\x01')
\copy intercom FROM 'intercom.ndjson' (FORMAT csv, DELIMITER E'\x02', QUOTE E'\x01')
\copy aws FROM 'aws.ndjson' (FORMAT csv, DELIMITER E'\x02', QUOTE E'\x01')
\copy twilio FROM 'twilio.ndjson' (FORMAT csv, DELIMITER E'\x02', QUOTE E'\x01')

-- Intercom and Twilio name the account, ENS the business unit; to the others
-- it is given.
CALL smsengage.ingest_from('salesforce_ens', 'ens', 'line');
CALL smsengage.ingest_from('salesforce_dmo', 'dmo', 'line', '7001001');
CALL smsengage.ingest_from('infobip', 'infobip', 'line', 'europe');
CALL smsengage.ingest_from('engagelab', 'engagelab', 'line', 'marketplace');
CALL smsengage.ingest_from('intercom', 'intercom', 'line');
CALL smsengage.ingest_from('aws', 'aws', 'line', 'alerts');
CALL smsengage.ingest_from('twilio', 'twilio', 'line');

-- Segments to look at.
SELECT smsengage.save_segment('Loyal clickers', 'click >= 3 in last 1 month', 'For the private sale') \g /dev/null
SELECT smsengage.save_segment('Gone quiet', 'click >= 1 in last 90 days and click = 0 in last 30 days', 'To be won back') \g /dev/null
SELECT smsengage.save_segment('Opted out', 'opted out', 'Not to be texted') \g /dev/null
SELECT smsengage.save_segment('Never reached', 'undelivered >= 2 in last 90 days and delivered = 0 in last 90 days', 'Numbers to be checked') \g /dev/null
SELECT smsengage.save_segment('New subscribers', 'subscribe >= 1 in last 30 days', 'For the welcome series') \g /dev/null
