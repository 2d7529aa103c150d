"""Tables and papers for the office: sheets of rows that other rooms have computed."""
