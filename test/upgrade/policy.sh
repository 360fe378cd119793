# A function that policies and masked views call has another name, and what
# readers see of people with no account is another condition.
for file in sql/access/*.sql; do
	sed -i 's/\([. ]\)plans_for_accounts/\1accounts_of_plan/g' "$file"
done
edit sql/access/policy.sql "s/WHEN relation.has_person THEN format('EXISTS/WHEN relation.has_person THEN format('individual_no > 0 AND EXISTS/"
