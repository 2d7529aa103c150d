"""Where new facilities should stand: four classic models, solved to a proven optimum or gap.

``lscp``      fewest new sites that cover everybody within a limit
``mclp``      as many people as possible within a limit, for so many sites or so much money
``p_median``  least person-seconds to the nearest site, beds counted if asked
``p_center``  shortest way for whoever has the longest

All take a table of seconds (rows demand, columns candidates, `inf` = cannot) and answer with a
`Solution`; ``alternatives`` gives the next best choices beside the best.
"""

from geo.siting.alternatives import alternatives
from geo.siting.center import p_center
from geo.siting.covering import lscp, mclp
from geo.siting.median import p_median
from geo.siting.solution import Solution

__all__ = ["Solution", "alternatives", "lscp", "mclp", "p_center", "p_median"]
