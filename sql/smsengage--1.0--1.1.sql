\echo Use "ALTER EXTENSION smsengage UPDATE TO '1.1'" to load this file. \quit

